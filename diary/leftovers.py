"""Unread entries that nobody is at work on: their task was lost with a broker or a worker, or has failed."""

from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from diary.models import EntryQuerySet

FAILED_PATIENCE = 10  # times as long as for a lost one: what was missing is hardly back at once


def patience() -> timedelta:
    """For how long a queued entry is probably about to be read."""
    return timedelta(seconds=settings.ANALYSIS_PATIENCE)


def take_left_behind(entries: EntryQuerySet, limit: int) -> list[tuple[UUID, int]]:
    """Ids and revisions of some of `entries` that were left behind, failed ones too; marked as queued now.

    The caller is to queue them.
    """
    return _take(entries.left_behind(timezone.now() - patience()), limit)


def take_overdue(entries: EntryQuerySet, limit: int) -> list[tuple[UUID, int]]:
    """As `take_left_behind`, but failed ones only after some more time, so that it can be called again and again."""
    now = timezone.now()
    return _take(entries.overdue(lost=now - patience(), failed=now - FAILED_PATIENCE * patience(), now=now), limit)


def _take(entries: EntryQuerySet, limit: int) -> list[tuple[UUID, int]]:
    found = list(entries.values_list("pk", "revision")[:limit])
    if found:
        entries.model.objects.filter(pk__in=[pk for pk, _revision in found]).update(queued_at=timezone.now())
    return found
