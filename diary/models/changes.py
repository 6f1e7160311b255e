"""When diaries changed, and what was deleted from them: what a phone that syncs asks for."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db import models
from django.utils import timezone

from accounts.models import User

# A phone that was away for longer begins anew; a deleted entry's id is forgotten then.
KEPT_FOR = timedelta(days=180)


class ChangeClock(models.Model):
    """The moment of a person's latest change, or a later one up to which a phone was told that there is no other.

    Whoever writes to their diary holds the row: see `changes.take_turn`.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, primary_key=True, related_name="change_clock"
    )
    changed_at = models.DateTimeField()

    def __str__(self) -> str:
        return str(self.pk)


class TombstoneQuerySet(models.QuerySet["Tombstone"]):
    """Filters on tombstones."""

    def of(self, user: User) -> "TombstoneQuerySet":
        return self.filter(user=user)

    def expired(self) -> "TombstoneQuerySet":
        """Those that have been kept for as long as they are kept."""
        return self.filter(deleted_at__lt=oldest_kept())


class Tombstone(models.Model):
    """Says that an entry was deleted and when; nothing of what it said. It is never there beside the entry."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="tombstones")
    entry_id = models.UUIDField()
    deleted_at = models.DateTimeField(db_index=True)

    objects = TombstoneQuerySet.as_manager()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "entry_id"], name="one_tombstone_an_entry")]
        indexes = [models.Index(fields=["user", "deleted_at", "entry_id"], name="tombstone_oldest_first")]

    def __str__(self) -> str:
        return str(self.entry_id)


def oldest_kept() -> datetime:
    """The moment since when all deletions are known."""
    return timezone.now() - KEPT_FOR
