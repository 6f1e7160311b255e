"""Pages of entries, newest first, each beside a place in that order, and the entries beside one.

A page stays while entries are added.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import Q

from accounts.models import User
from diary.models import Entry, EntryQuerySet
from diary.selectors import FoundEntries

_FIRST_ID, _LAST_ID = UUID(int=0), UUID(int=2**128 - 1)


class Place(NamedTuple):
    """A place in a diary, newest first: that of the entry which has these."""

    written_on: date
    created_at: datetime
    entry_id: UUID


@dataclass(frozen=True)
class EntryPage:
    """Entries, newest first. One page lies before `newer`, one behind `older`; None where there is none."""

    entries: list[Entry]
    newer: Place | None
    older: Place | None


@dataclass(frozen=True)
class Neighbours:
    """The entries beside one in its diary, with their days and moments alone; None at either end."""

    newer: Entry | None
    older: Entry | None


def neighbours_of(*, user: User, entry: Entry) -> Neighbours:
    """The entries of the user before and after one of theirs."""
    entries, place = Entry.objects.of(user).newest_first().only("written_on", "created_at"), _place_of(entry)
    newer, older = page_before(entries, place, limit=1).entries, page_behind(entries, place, limit=1).entries
    return Neighbours(next(iter(newer), None), next(iter(older), None))


def page_behind(entries: EntryQuerySet | FoundEntries, place: Place | None, limit: int) -> EntryPage:
    """The newest of what is older than a place, at most `limit`; with None the first page."""
    entries = entries if place is None else entries.filter(_beyond(place, "lt"))
    found = list(entries[: limit + 1])
    page = found[:limit]
    if place is not None and not page:  # what was here is deleted: the page before holds the place itself
        return EntryPage([], newer=place._replace(entry_id=_FIRST_ID), older=None)
    newer = None if place is None else _place_of(page[0])
    return EntryPage(page, newer, _place_of(page[-1]) if len(found) > limit else None)


def page_before(entries: EntryQuerySet | FoundEntries, place: Place, limit: int) -> EntryPage:
    """The oldest of what is newer than a place, at most `limit`."""
    found = list(entries.filter(_beyond(place, "gt")).order_by("written_on", "created_at", "pk")[: limit + 1])
    page = found[:limit][::-1]
    if not page:
        return EntryPage([], newer=None, older=place._replace(entry_id=_LAST_ID))
    return EntryPage(page, _place_of(page[0]) if len(found) > limit else None, _place_of(page[-1]))


def _beyond(place: Place, lookup: str) -> Q:
    day, moment, entry_id = place
    same_day = Q(**{f"created_at__{lookup}": moment}) | Q(**{"created_at": moment, f"pk__{lookup}": entry_id})
    # The first condition is all that an index needs.
    return Q(**{f"written_on__{lookup}e": day}) & (Q(**{f"written_on__{lookup}": day}) | same_day)


def _place_of(entry: Entry) -> Place:
    return Place(entry.written_on, entry.created_at, entry.pk)
