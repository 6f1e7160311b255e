"""Reads the entries of an import, some at a time: thousands would hold up a request, and a worker may be missing."""

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from accounts.models import User
from diary import analysis
from diary.leftovers import patience
from diary.models import Entry
from diary.tasks import analyze_entry_task
from ml.errors import ModelError

READ_AT_ONCE = 50
READ_WITH_THE_IMPORT = 20
# A request reads no further than this, however long the entries are.
MAX_SECONDS = 2.0
_BATCH, _BATCH_CHARACTERS = 10, 20_000


@dataclass(frozen=True)
class Progress:
    """How many entries are still unread. `is_stuck`: none of them can be read now."""

    unread: int
    is_stuck: bool = False


def count_unread(user: User) -> int:
    """How many of a person's entries wait to be read."""
    return Entry.objects.of(user).unanalyzed().count()


def read_some(user: User, limit: int = READ_AT_ONCE) -> Progress:
    """Read some of a person's unread entries, newest first.

    With a worker, those that it is probably about to read are left to it.
    """
    own = Entry.objects.of(user)
    waiting = own.unanalyzed() if settings.CELERY_TASK_ALWAYS_EAGER else own.left_behind(timezone.now() - patience())
    entries = list(waiting.select_related("analysis", "correction").order_by("-written_on", "-created_at")[:limit])
    try:
        has_read = _read(entries, MAX_SECONDS)
    except ModelError:
        return Progress(count_unread(user), is_stuck=True)
    return Progress(count_unread(user), is_stuck=bool(entries) and not has_read)


def read_new(entries: Sequence[Entry], max_seconds: float) -> None:
    """Have entries read that were just saved: by the workers, or within this request, for a while, where none are."""
    # Robust, as in services: what was saved is safe, whatever fails here.
    transaction.on_commit(lambda: _start_with(entries, max_seconds), robust=True)


def _start_with(entries: Sequence[Entry], max_seconds: float) -> None:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        _read(entries, max_seconds)
        return
    for entry in entries:
        analyze_entry_task.delay(str(entry.pk), entry.revision)


def _read(entries: Sequence[Entry], max_seconds: float) -> bool:
    """Read entries, some at a time, until the time is over; returns whether any was. Raises ModelError."""
    ends = time.monotonic() + max_seconds
    has_read = False
    for batch in _batches(entries):
        if time.monotonic() >= ends:
            break
        has_read |= any(list(analysis.read_entries(analysis.get_predictor(), batch)))
    return has_read


def _batches(entries: Sequence[Entry]) -> Iterator[list[Entry]]:
    """The entries, some at a time: so few that the clock is looked at in between, long ones each alone."""
    batch: list[Entry] = []
    length = 0
    for entry in entries:
        own = 0 if entry.is_locked else len(entry.text)  # what does not open is marked as failed at once
        if batch and (len(batch) == _BATCH or length + own > _BATCH_CHARACTERS):
            yield batch
            batch, length = [], 0
        batch.append(entry)
        length += own
    if batch:
        yield batch


def read_after_commit(user: User) -> None:
    """Have a person's unread entries read: by the workers, or the first few within this request where none are."""
    # Robust, as in services: what was imported is safe, whatever fails here.
    transaction.on_commit(lambda: _start(user), robust=True)


def _start(user: User) -> None:
    if settings.CELERY_TASK_ALWAYS_EAGER:
        read_some(user, READ_WITH_THE_IMPORT)
        return
    unread = Entry.objects.of(user).unanalyzed().order_by("-written_on", "-created_at")
    # The first failure ends it: a broker that is down would be waited for at every single one.
    for pk, revision in unread.values_list("pk", "revision").iterator(chunk_size=1000):
        analyze_entry_task.delay(str(pk), revision)
