"""What every entry of a stretch of days counts as, without its text: what calendars are made of."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from accounts.models import User
from diary.models import Entry
from ml.labels import Emotion

UNSURE = "unsure"
PENDING = "pending"
# Of an entry, what `counts_as` takes.
COLUMNS = ("status", "correction__label", "analysis__label", "analysis__is_unsure")


@dataclass(frozen=True)
class Mark:
    """An entry on its day: what it counts as (None while it is unread), and whether its reader was unsure of that."""

    entry_id: UUID
    day: date
    status: str
    emotion: Emotion | None
    is_unsure: bool

    @property
    def look(self) -> str:
        """What it is shown as: an emotion, UNSURE, or PENDING for what is unread."""
        return look_of(self.emotion, self.is_unsure)


def marks_between(*, user: User, first: date, last: date) -> list[Mark]:
    """The user's entries of the days from `first` to `last`, both included, in the order they were written in."""
    rows = (
        Entry.objects.of(user)
        .written_between(first, last)
        .order_by("written_on", "created_at")
        .values_list("pk", "written_on", *COLUMNS)
    )
    return [Mark(entry_id, day, row[0], *counts_as(*row)) for entry_id, day, *row in rows]


def look_counts(marks: Iterable[Mark]) -> dict[str, int]:
    """How many entries there are of every look, the most frequent first, emotions before the rest."""
    counts = Counter(mark.look for mark in marks)
    order = [*Emotion, UNSURE, PENDING]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0]))))


def counts_as(
    status: str, corrected: str | None, read: str | None, is_unsure: bool | None
) -> tuple[Emotion | None, bool]:
    """What an entry counts as, from its columns, and whether its reader was unsure of that.

    As `Entry.emotion` has it: the writer's correction, else the analysis of the text as it stands.
    """
    if corrected is not None:
        return Emotion(corrected), False
    if status != Entry.Status.ANALYZED or read is None:
        return None, False
    return Emotion(read), bool(is_unsure)


def look_of(emotion: Emotion | None, is_unsure: bool) -> str:
    """An emotion as it is shown: itself, UNSURE, or PENDING for None."""
    if emotion is None:
        return PENDING
    return UNSURE if is_unsure else emotion
