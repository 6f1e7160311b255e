"""When a person wants to be reminded of their diary."""

from datetime import datetime, time, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

DEFAULT_TIME = time(21)
# A reminder that a stopped server could not send in time would come at night, or on the next day.
MAX_DELAY = timedelta(hours=2)


class ReminderQuerySet(models.QuerySet["Reminder"]):
    """Filters on reminders."""

    def due(self, now: datetime) -> "ReminderQuerySet":
        """Those whose time has come, the longest overdue first."""
        return self.filter(next_at__lte=now).order_by("next_at")


class Reminder(models.Model):
    """A daily mail at a time of a person's own clock. `next_at` is the moment of the next, null while it is off."""

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="reminder"
    )
    is_on = models.BooleanField(_("일기 알림"), default=False)
    time = models.TimeField(_("알림 시각"), default=DEFAULT_TIME)
    # A mail has no request that tells its reader's language: it is the one that the reminder was set in.
    language = models.CharField(_("언어"), max_length=10, default=settings.LANGUAGE_CODE)
    next_at = models.DateTimeField(null=True, blank=True, editable=False)
    last_sent_on = models.DateField(null=True, blank=True, editable=False)  # by the person's clock

    objects = ReminderQuerySet.as_manager()

    class Meta:
        verbose_name = _("일기 알림")
        verbose_name_plural = _("일기 알림")
        indexes = [models.Index(fields=["next_at"], name="reminder_due")]
        constraints = [
            models.CheckConstraint(
                condition=Q(is_on=True, next_at__isnull=False) | Q(is_on=False, next_at__isnull=True),
                name="reminder_is_due_while_on",
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)
