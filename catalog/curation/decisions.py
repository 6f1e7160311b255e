"""What a curator decides on an item of the review queue: recorded as a step of its own, and undone as one."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.curation import steps, writes
from catalog.curation.actions import check_parameters
from catalog.curation.queue import LEASE, get_in_hand, give_back
from catalog.curation.record import record_one
from catalog.models import Action, Curation, Kind, Movie, MovieTag, ReviewItem, ReviewSkip, Track, TrackTag
from catalog.weights import TRACK_CARRIES_FROM

DECISIONS = (Action.APPROVE, Action.EDIT, Action.HIDE)
# What a curator says who says no more than that an item carries a tag: twice the mean, or nearly certain.
CARRIED_SCORE: dict[Kind, float] = {Kind.MOVIE: 2.0, Kind.TRACK: 0.8}
# Scores are shown and typed with two digits behind the point.
_SAME = 0.005
# The least score that can be typed by which an item carries a tag, as `catalog.weights` has it.
CARRIES_FROM: dict[Kind, float] = {Kind.MOVIE: 1.01, Kind.TRACK: TRACK_CARRIES_FROM}


@dataclass(frozen=True)
class Word:
    """What a curator says of a tag: whether the item carries it, and with which score."""

    carries: bool
    score: float


@dataclass(frozen=True)
class Undone:
    """An item of which the last decision or skip was to be taken back, and whether it is in the curator's hands again.

    It is not where somebody else has changed it since, or has it in hand.
    """

    row: ReviewItem
    is_back: bool


@transaction.atomic
def decide(*, curator: Any, review_id: int, decision: Action, words: Mapping[str, Word] | None = None) -> ReviewItem:
    """Finish an item that is in the curator's hands, by one of DECISIONS; `words` by the names of tags, for an edit.

    Raises LeaseLost, and ValueError for a word that no tag or score is; nothing is changed then.
    """
    row = get_in_hand(curator=curator, review_id=review_id)
    write = _write_of(decision, row, words or {})
    row.curation = record_one(curator=curator, kind=row.kind, item_id=row.item_id, action=decision, write=write)
    row.finished_by, row.finished_at, row.leased_until = curator, timezone.now(), None
    row.save(update_fields=["curation", "finished_by", "finished_at", "leased_until"])
    return row


@transaction.atomic
def undo_last(*, curator: Any) -> Undone | None:
    """Take back the last thing that a curator did here, a decision or a skip; None if there is nothing."""
    done = ReviewItem.objects.filter(finished_by=curator, curation__state=Curation.State.DONE)
    last = done.select_for_update(of=("self",)).select_related("movie", "track").order_by("-finished_at").first()
    skips = ReviewSkip.objects.filter(curator=curator, until__gt=timezone.now())
    skip = skips.select_related("item__movie", "item__track").order_by("-skipped_at").first()
    if skip and (last is None or last.finished_at is None or skip.skipped_at > last.finished_at):
        return _take_skip_back(skip, curator)
    return _undo_decision(last, curator) if last else None


def _write_of(decision: Action, row: ReviewItem, words: Mapping[str, Word]) -> Callable[[], None]:
    if decision == Action.APPROVE:
        return partial(writes.approve, [row.item])
    if decision == Action.HIDE:
        return partial(_hide, row)
    if decision == Action.EDIT:
        return partial(_edit, row.item, _changed_scores(row, words))
    raise ValueError(f"{decision}: no decision on an item of the review queue")


def _hide(row: ReviewItem) -> None:
    writes.set_hidden(row.kind.model._default_manager.filter(pk=row.item_id), is_hidden=True)
    writes.mark_reviewed([row.item])


def _edit(item: Movie | Track, scores: Mapping[str, float]) -> None:
    """Give some tags other scores, and approve the rest."""
    writes.curate_scores([item], {(item.pk, name): score for name, score in scores.items()})
    writes.approve([item])


def _changed_scores(row: ReviewItem, words: Mapping[str, Word]) -> dict[str, float]:
    """The scores of those tags of which a curator says something else than stands. Raises ValueError."""
    stored: dict[str, MovieTag | TrackTag] = {tag.name: tag for tag in row.item.tags.all()}
    found = {}
    for name, word in words.items():
        check_parameters(row.kind, Action.SET_TAG, {"tag": name, "score": word.score})
        score = _new_score(row.kind, word, stored.get(name))
        if score is not None:
            found[name] = score
    return found


def _new_score(kind: Kind, word: Word, tag: MovieTag | TrackTag | None) -> float | None:
    """The score that a word means where it differs from what stands; None where it does not.

    A score that was typed counts as it is, unless the tag was taken off.
    """
    was_carried = tag is not None and tag.weight > 0
    if was_carried and not word.carries:
        return 0.0
    if abs(word.score - (tag.score if tag else 0.0)) > _SAME:
        return word.score
    if word.carries and not was_carried:
        return word.score if word.score >= CARRIES_FROM[kind] else CARRIED_SCORE[kind]
    return None


def _take_skip_back(skip: ReviewSkip, curator: Any) -> Undone:
    skip.delete()
    free = ReviewItem.objects.free_for(curator, timezone.now()).filter(pk=skip.item_id)
    is_back = free.select_for_update(of=("self",)).only("pk").first() is not None
    if is_back:
        _put_into_hands(skip.item, curator)
    return Undone(skip.item, is_back)


def _undo_decision(row: ReviewItem, curator: Any) -> Undone:
    assert row.curation_id is not None, "filtered by undo_last"  # noqa: S101 - for mypy
    steps.begin_undo(row.curation_id, by=curator)
    undone = steps.advance(row.curation_id, seconds=60)
    if not undone.restored:
        return Undone(row, is_back=False)
    row.finished_at, row.finished_by, row.curation = None, None, None
    row.save(update_fields=["finished_at", "finished_by", "curation"])
    row.item.refresh_from_db()
    _put_into_hands(row, curator)
    return Undone(row, is_back=True)


def _put_into_hands(row: ReviewItem, curator: Any) -> None:
    """Lease an item to a curator who has no other from then on."""
    for other in ReviewItem.objects.filter(leased_by=curator, finished_at=None).exclude(pk=row.pk):
        give_back(other)
    row.leased_by, row.leased_until = curator, timezone.now() + LEASE
    row.save(update_fields=["leased_by", "leased_until"])
