"""The curators' review queue with everything that goes into it: what the catalogue doubts, and what people dislike."""

from typing import Any

from django.core.cache import cache
from django.utils import timezone

from catalog.curation import queue
from catalog.curation.candidates import changed_items, new_items, uncertain_items
from catalog.models import Reason, ReviewItem
from diary.dislikes import disliked_items

# How many films and how many tracks wait for each reason at most.
PER_REASON = 150
# With fewer items waiting, whoever asks for the next one has the queue filled.
LOW = 20
# But not more often: filling reads thousands of tags, and what curators have decided empties no large catalogue.
FILL_SECONDS = 600
_FILLED = "review_queue_filled"


def fill_review_queue() -> int:
    """Have the queue hold what should be looked at now, PER_REASON films and tracks for each reason.

    Returns how many wait then.
    """
    cache.set(_FILLED, True, FILL_SECONDS)
    read_at = timezone.now()
    new = [*changed_items(PER_REASON), *new_items(PER_REASON)]
    queue.put([*disliked_items(PER_REASON), *new, *uncertain_items(PER_REASON)], read_at=read_at)
    return ReviewItem.objects.waiting().count()


def next_item(*, curator: Any, reason: Reason | None = None) -> ReviewItem | None:
    """What the curator should look at next, as `catalog.curation.queue.take`; fills the queue when it runs low."""
    if ReviewItem.objects.waiting().count() < LOW and cache.get(_FILLED) is None:
        fill_review_queue()
    return queue.take(curator=curator, reason=reason)
