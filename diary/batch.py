"""Many entries at once, as a phone sends them after a time offline: each saved by itself, all read afterwards."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError

from accounts.models import User
from diary import selectors, services
from diary.models import Entry
from diary.portability import reading

MAX_ENTRIES = 100
# A batch of long entries on a busy machine: what is not read by then waits like any other unread entry.
MAX_READING_SECONDS = 10.0

Refusal = services.EntryExists | services.EntryDeleted | ValidationError


@dataclass(frozen=True)
class NewEntry:
    """What `services.create_entry` takes; the id is the client's, so that a batch can be sent again."""

    entry_id: UUID
    text: str
    written_on: date
    tags: list[str]


@dataclass(frozen=True)
class Saved:
    """An entry as it stands after the batch, and whether the batch has brought it."""

    entry: Entry
    is_new: bool


def create_entries(*, user: User, new: Iterable[NewEntry]) -> list[Saved | Refusal]:
    """Save each entry that can be saved, then have the unread ones analysed. Returns what became of each, in order.

    Raises accounts' Locked: what was saved before that stays, and is found again when the batch is sent again.
    """
    outcomes = [_create(user, entry) for entry in new]
    saved = {outcome.entry.pk: outcome.entry for outcome in outcomes if isinstance(outcome, Saved)}
    # Those of a batch sent again as well: the time may have been too short for all of them.
    unread = [entry for entry in saved.values() if entry.current_analysis is None]
    reading.read_new(unread, MAX_READING_SECONDS)
    whole = selectors.with_recommendations(selectors.list_entries(user=user).filter(pk__in=list(saved))).in_bulk()
    return [_as_it_stands(outcome, whole) for outcome in outcomes]


def _create(user: User, new: NewEntry) -> Saved | Refusal:
    try:
        entry, is_new = services.create_entry(
            user=user,
            text=new.text,
            written_on=new.written_on,
            tags=new.tags,
            entry_id=new.entry_id,
            is_read_later=True,
        )
    except (services.EntryExists, services.EntryDeleted, ValidationError) as refusal:
        return refusal
    return Saved(entry, is_new)


def _as_it_stands(outcome: Saved | Refusal, whole: dict[UUID, Entry]) -> Saved | Refusal:
    if not isinstance(outcome, Saved):
        return outcome
    entry = whole.get(outcome.entry.pk)
    if entry is None:  # another phone has deleted it meanwhile
        return services.EntryDeleted(outcome.entry.pk)
    return Saved(entry, outcome.is_new)
