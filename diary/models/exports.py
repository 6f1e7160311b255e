"""Files that hold a person's whole diary, made beside their requests and fetched later."""

import uuid
from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from accounts.models import User
from diary.fields import EncryptedTextField

# Without a word from who makes it for so long, an export is dead: its worker was killed, or its task was lost.
DEAD_AFTER = timedelta(minutes=5)
NEVER_TAKEN_AFTER = timedelta(hours=1)


class ExportQuerySet(models.QuerySet["Export"]):
    """Filters on exports. All that a person can reach starts at `of`."""

    def of(self, user: User) -> "ExportQuerySet":
        return self.filter(user=user)

    def unfinished(self) -> "ExportQuerySet":
        return self.filter(status__in=Export.UNFINISHED)

    def dead(self, now: datetime) -> "ExportQuerySet":
        """Unfinished ones that nobody will finish."""
        silent = Q(status=Export.Status.RUNNING, last_sign_at__lt=now - DEAD_AFTER)
        lost = Q(status=Export.Status.PENDING, last_sign_at__lt=now - NEVER_TAKEN_AFTER)
        return self.filter(silent | lost)

    def newest_first(self) -> "ExportQuerySet":
        return self.order_by("-created_at", "pk")


class Export(models.Model):
    """One export: how far it is, and the key of its file, sealed like a text, so that it ends with the account."""

    class Status(models.TextChoices):
        PENDING = "pending"
        RUNNING = "running"
        READY = "ready"
        FAILED = "failed"
        EXPIRED = "expired"

    UNFINISHED = (Status.PENDING, Status.RUNNING)

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="exports")
    key = EncryptedTextField(null=True)  # none any more, once it has ended
    # The few words of an export that are not the person's own are in the language of who asked for it.
    language = models.CharField(max_length=10, default=settings.LANGUAGE_CODE)
    status = models.CharField(max_length=7, choices=Status.choices, default=Status.PENDING)
    # Grows whenever somebody begins to make it: who began before finds out by it that they are overtaken.
    attempts = models.PositiveSmallIntegerField(default=0)
    entries_done = models.PositiveIntegerField(default=0)
    entries_total = models.PositiveIntegerField(default=0)
    size = models.PositiveBigIntegerField(null=True)  # bytes of the ZIP, once it is ready
    created_at = models.DateTimeField(auto_now_add=True)
    last_sign_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(null=True)

    objects = ExportQuerySet.as_manager()

    class Meta:
        verbose_name = _("내보낸 일기")
        verbose_name_plural = _("내보낸 일기")
        indexes = [
            models.Index(fields=["user", "-created_at"], name="export_newest_first"),
            models.Index(fields=["created_at"], name="export_age"),
            models.Index(fields=["expires_at"], name="export_expiry", condition=Q(status="ready")),
            models.Index(
                fields=["last_sign_at"], name="export_unfinished", condition=Q(status__in=("pending", "running"))
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(status__in=("pending", "running")), name="one_unfinished_export"
            )
        ]

    def __str__(self) -> str:
        return str(self.pk)

    @property
    def is_unfinished(self) -> bool:
        return self.status in self.UNFINISHED

    @property
    def current_status(self) -> str:
        """The status now: what is ready ends by the clock, whenever its file is deleted."""
        is_over = self.expires_at is not None and self.expires_at <= timezone.now()
        return self.Status.EXPIRED.value if is_over and self.status == self.Status.READY else self.status
