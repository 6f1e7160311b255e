"""Counts of whole tables, which take seconds in a large catalogue: counted once, kept for some minutes."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.core.cache import cache
from django.utils import timezone

COUNT_SECONDS = 600


class Counted(NamedTuple):
    """Rows of plain values, and when they were counted."""

    at: datetime
    rows: list[list[Any]]


def counted(name: str, count: Callable[[], list[list[Any]]]) -> Counted:
    """What `count` returned at most COUNT_SECONDS ago, for any process that shares the cache.

    The rows hold numbers, words and None alone: the cache writes JSON.
    """
    kept = cache.get(key := f"counted:{name}")
    if kept is None:
        kept = [timezone.now().timestamp(), count()]
        cache.set(key, kept, COUNT_SECONDS)
    moment, rows = kept
    return Counted(datetime.fromtimestamp(moment, UTC), rows)
