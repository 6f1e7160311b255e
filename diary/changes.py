"""What changed in a diary and when: every write takes its turn, so that a phone that asks for news misses nothing.

A change is all that the API tells of an entry: its text, day and tags, what was read in it, a correction, what it is
answered with, and what its writer says of those films and tracks. What the catalogue says of them is not the diary's.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.db.models import DateTimeField, F, Q, Value
from django.db.models.functions import Greatest
from django.utils import timezone

from accounts.models import User
from diary import selectors
from diary.models import ChangeClock, Entry, Tombstone

_TICK = timedelta(microseconds=1)
_FORGOTTEN_AT_ONCE = 1_000


def take_turn(user_id: int) -> datetime:
    """The moment of the change that this transaction makes, later than all that the person made before.

    It comes before any other write of the transaction, and holds up the person's other writes until the end of it.
    So whoever sees a change sees all earlier ones too: none appears afterwards with an earlier moment, whatever the
    clocks of several servers say. The same order of locks everywhere keeps transactions from waiting in a circle.
    """
    clock = ChangeClock.objects.filter(user=user_id)
    now = timezone.now()
    if clock.filter(changed_at__lt=now).update(changed_at=now):
        return now
    # There is no clock yet, or it is ahead of this server's.
    moment = Greatest(Value(now, DateTimeField()), F("changed_at") + _TICK, output_field=DateTimeField())
    if not clock.update(changed_at=moment):
        # The clock first here too, and the account after it: a first change would wait in a circle with an import.
        ChangeClock.objects.bulk_create([ChangeClock(user_id=user_id, changed_at=now)], ignore_conflicts=True)
        clock.update(changed_at=moment)
        if User.objects.select_for_update(no_key=True).filter(pk=user_id).first() is None:
            clock.delete()
            return now  # the account ended while an entry was being read: nothing of it is left to be written
    return clock.values_list("changed_at", flat=True).get()


def newest_moment(user_id: int) -> datetime | None:
    """The moment of the person's last change; None where there was none."""
    return ChangeClock.objects.filter(user=user_id).values_list("changed_at", flat=True).first()


def promise_later(user_id: int, moment: datetime) -> None:
    """See to it that all changes to come are later than `moment`, even if the clocks of the servers go back."""
    clock, is_new = ChangeClock.objects.get_or_create(user_id=user_id, defaults={"changed_at": moment})
    if not is_new and clock.changed_at < moment:
        ChangeClock.objects.filter(pk=clock.pk, changed_at__lt=moment).update(changed_at=moment)


def mark_answered_with(user_id: int, moment: datetime, *, movies: Iterable[int], tracks: Iterable[int]) -> None:
    """Note as changed the person's entries that are answered with one of these films and tracks, given by ids."""
    shows_one = Q(recommendations__movie__in=movies) | Q(recommendations__track__in=tracks)
    own = Entry.objects.filter(user=user_id)
    changed = own.filter(shows_one, recommendations__is_current=True).values("pk")
    own.filter(pk__in=changed).update(changed_at=moment)


def note_deletion(entry_id: UUID, user_id: int, moment: datetime) -> None:
    """Leave a tombstone, and forget those of all people that are old enough."""
    Tombstone.objects.create(user_id=user_id, entry_id=entry_id, deleted_at=moment)
    # Those that another transaction is at work on are left to it.
    old = Tombstone.objects.expired().select_for_update(skip_locked=True).values_list("pk", flat=True)
    if expired := list(old[:_FORGOTTEN_AT_ONCE]):
        Tombstone.objects.filter(pk__in=expired).delete()


def was_deleted(entry_id: UUID, user_id: int) -> bool:
    """Whether the person had an entry with this id and deleted it, as far as that is still known."""
    return Tombstone.objects.filter(user=user_id, entry_id=entry_id).exists()


class Position(NamedTuple):
    """A place in the order of changes: right behind an entry's, or with no id behind all of the moment."""

    changed_at: datetime
    entry_id: UUID | None = None


@dataclass(frozen=True)
class Changes:
    """A page of changes, oldest first: entries as they stand now, and tombstones.

    `until` is the moment up to which all changes are told once there is no more; None in a diary without any.
    """

    items: list[Entry | Tombstone]
    has_more: bool
    until: datetime | None

    @property
    def last(self) -> Position:
        return _position(self.items[-1])


def list_changes(*, user: User, after: Position, limit: int, with_recommendations: bool = False) -> Changes:
    """What changed in the person's diary behind a position, with all that `selectors.list_entries` gives."""
    # Read first: what changes while the two lists are read comes later than this, and is told another time.
    until = newest_moment(user.pk)
    if until is None:
        return Changes([], has_more=False, until=None)
    own = selectors.list_entries(user=user)
    own = selectors.with_recommendations(own) if with_recommendations else own
    entries = own.filter(_behind(after, "changed_at", "pk"), changed_at__lte=until).order_by("changed_at", "pk")
    stones = Tombstone.objects.of(user).filter(_behind(after, "deleted_at", "entry_id"), deleted_at__lte=until)
    stones = stones.order_by("deleted_at", "entry_id")
    found = sorted([*entries[: limit + 1], *stones[: limit + 1]], key=_position)
    return Changes(found[:limit], has_more=len(found) > limit, until=until)


def _behind(position: Position, moment: str, entry_id: str) -> Q:
    changed_at, last_id = position
    later = Q(**{f"{moment}__gt": changed_at})
    if last_id is None:
        return later
    # The first condition is all that an index needs.
    return Q(**{f"{moment}__gte": changed_at}) & (later | Q(**{f"{entry_id}__gt": last_id}))


def _position(item: Entry | Tombstone) -> Position:
    if isinstance(item, Tombstone):
        return Position(item.deleted_at, item.entry_id)
    return Position(item.changed_at, item.pk)
