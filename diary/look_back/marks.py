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
        if self.emotion is None:
            return PENDING
        return UNSURE if self.is_unsure else self.emotion


def marks_between(*, user: User, first: date, last: date) -> list[Mark]:
    """The user's entries of the days from `first` to `last`, both included, in the order they were written in."""
    rows = (
        Entry.objects.of(user)
        .written_between(first, last)
        .order_by("written_on", "created_at")
        .values_list("pk", "written_on", "status", "correction__label", "analysis__label", "analysis__is_unsure")
    )
    return [_mark(*row) for row in rows]


def look_counts(marks: Iterable[Mark]) -> dict[str, int]:
    """How many entries there are of every look, the most frequent first, emotions before the rest."""
    counts = Counter(mark.look for mark in marks)
    order = [*Emotion, UNSURE, PENDING]
    return dict(sorted(counts.items(), key=lambda item: (-item[1], order.index(item[0]))))


def _mark(entry_id: UUID, day: date, status: str, corrected: str | None, read: str | None, is_unsure: bool) -> Mark:
    """As `Entry.emotion` has it: the writer's correction, else the analysis of the text as it stands."""
    if corrected is not None:
        return Mark(entry_id, day, status, Emotion(corrected), is_unsure=False)
    if status != Entry.Status.ANALYZED or read is None:
        return Mark(entry_id, day, status, None, is_unsure=False)
    return Mark(entry_id, day, status, Emotion(read), is_unsure)
