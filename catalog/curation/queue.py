"""The review queue: filled with candidates, and given out so that no two curators ever get the same item."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone

from catalog.curation.candidates import Candidate
from catalog.models import Kind, Reason, ReviewItem, ReviewItemQuerySet, ReviewSkip

# How long an item is in one curator's hands.
LEASE = timedelta(minutes=10)
# How long a curator is not given what they have skipped.
SKIP = timedelta(days=1)
_FIGURES = ("reason", "urgency", "emotion", "people", "disliked")


class LeaseLost(Exception):
    """The item is not in this curator's hands any more: somebody else has taken it, or it is finished."""


@dataclass(frozen=True)
class Progress:
    """How many items wait for each reason, and how many a curator has finished since midnight."""

    waiting: dict[Reason, int]
    done_today: int

    @property
    def total(self) -> int:
        return sum(self.waiting.values())


def put(candidates: Iterable[Candidate], *, read_at: datetime) -> None:
    """Make the queue hold these candidates and nothing else, but what curators have in hand.

    Of several candidates that are one item the most pressing counts. What was finished before the candidates were
    read, at `read_at`, and is among them once more waits again. Rows are written only where they change, and each for
    a moment: whoever takes an item passes by rows that are being written.
    """
    chosen = _most_pressing(candidates)
    ids = {kind: [item_id for of_kind, item_id in chosen if of_kind == kind] for kind in Kind}
    rows = ReviewItem.objects.filter(Q(finished_at=None) | Q(movie__in=ids[Kind.MOVIE]) | Q(track__in=ids[Kind.TRACK]))
    stored = {(row.kind, row.item_id): row for row in rows}
    _renew([(stored[key], chosen[key]) for key in chosen.keys() & stored.keys()], read_at)
    news = [_with_figures(ReviewItem(queued_at=read_at, **{f"{key[0]}_id": key[1]}), candidate)
            for key, candidate in chosen.items() if key not in stored]  # fmt: skip
    ReviewItem.objects.bulk_create(news, batch_size=500, ignore_conflicts=True)  # another process may fill it, too
    _free(read_at).filter(pk__in=[row.pk for key, row in stored.items() if key not in chosen]).delete()


@transaction.atomic
def take(*, curator: Any, reason: Reason | None = None) -> ReviewItem | None:
    """Give the curator an item for LEASE: the one in their hands, else the most pressing that is free.

    None if there is none. With a reason, an item of that reason; what they had in hand for another one is given back.
    """
    now = timezone.now()
    wanted = ReviewItem.objects.all() if reason is None else ReviewItem.objects.filter(reason=reason)
    in_hand = ReviewItem.objects.filter(leased_by=curator, leased_until__gt=now, finished_at=None)
    held = (wanted & in_hand).waiting().most_pressing_first().select_related("movie", "track").first()
    in_hand.exclude(pk=held.pk if held else 0).update(leased_by=None, leased_until=None)
    if held is not None and in_hand.filter(pk=held.pk).update(leased_until=now + LEASE):
        return held
    free = wanted.free_for(curator, now).most_pressing_first()
    while True:
        # Rows that another curator is just taking are passed by; if there are no others, that one is waited for.
        row = free.select_for_update(skip_locked=True, of=("self",)).only("pk").first() or free.only("pk").first()
        if row is None:
            return None
        # The conditions once more, on the row itself: they are looked at again after waiting for it.
        if _free(now).filter(pk=row.pk).update(leased_by=curator, leased_until=now + LEASE):
            return ReviewItem.objects.select_related("movie", "track").get(pk=row.pk)


@transaction.atomic
def skip(*, curator: Any, review_id: int) -> None:
    """Give an item back, and do not be given it again for SKIP. Raises LeaseLost."""
    row = get_in_hand(curator=curator, review_id=review_id)
    now = timezone.now()
    ReviewSkip.objects.update_or_create(curator=curator, item=row, defaults={"skipped_at": now, "until": now + SKIP})
    give_back(row)


def get_in_hand(*, curator: Any, review_id: int) -> ReviewItem:
    """The item that a curator decides on, locked. Inside of a transaction. Raises LeaseLost.

    An item whose lease is over but that nobody has taken since is still theirs: no work is lost for nothing.
    """
    mine = ReviewItem.objects.select_for_update(of=("self",)).filter(leased_by=curator, finished_at=None)
    row = mine.select_related("movie", "track").filter(pk=review_id).first()
    if row is None:
        raise LeaseLost(f"review item {review_id}")
    return row


def give_back(row: ReviewItem) -> None:
    """Let others have an item."""
    ReviewItem.objects.filter(pk=row.pk).update(leased_by=None, leased_until=None)


def count_progress(*, curator: Any) -> Progress:
    """Two queries. Midnight is that of the time zone that is active."""
    waiting = ReviewItem.objects.waiting().values_list("reason").annotate(count=Count("pk"))
    by_reason = dict(waiting)
    midnight = timezone.localtime().replace(hour=0, minute=0, second=0, microsecond=0)
    done = ReviewItem.objects.filter(finished_by=curator, finished_at__gte=midnight).count()
    return Progress({reason: by_reason.get(reason, 0) for reason in Reason}, done)


def _most_pressing(candidates: Iterable[Candidate]) -> dict[tuple[Kind, int], Candidate]:
    """Each item once, the most pressing first."""
    found: dict[tuple[Kind, int], Candidate] = {}
    for candidate in sorted(candidates, key=lambda candidate: (candidate.reason, -candidate.urgency)):
        found.setdefault((candidate.kind, candidate.item_id), candidate)
    return found


def _renew(pairs: Iterable[tuple[ReviewItem, Candidate]], read_at: datetime) -> None:
    """Have rows say what their candidates say; those that were finished before wait again."""
    changed, again = [], []
    for row, candidate in pairs:
        before = [getattr(row, name) for name in _FIGURES]
        _with_figures(row, candidate)
        if row.finished_at is not None:
            again += [row] if row.finished_at < read_at else []
        elif before != [getattr(row, name) for name in _FIGURES]:
            changed.append(row)
    ReviewItem.objects.bulk_update(changed, _FIGURES, batch_size=500)
    for row in again:
        row.queued_at, row.finished_at, row.finished_by, row.curation = read_at, None, None, None
        row.leased_by, row.leased_until = None, None
    state = ("queued_at", "finished_at", "finished_by", "curation", "leased_by", "leased_until")
    ReviewItem.objects.bulk_update(again, [*_FIGURES, *state], batch_size=500)


def _with_figures(row: ReviewItem, candidate: Candidate) -> ReviewItem:
    for name in _FIGURES:
        setattr(row, name, getattr(candidate, name))
    return row


def _free(now: datetime) -> ReviewItemQuerySet:
    """Unfinished rows in nobody's hands, told by themselves alone."""
    return ReviewItem.objects.filter(Q(leased_until=None) | Q(leased_until__lte=now), finished_at=None)
