"""A month by weeks and a year by months, each day with its entries."""

import re
from calendar import Calendar, monthrange
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date

from django.utils.formats import get_format

from accounts.models import User
from diary.look_back.marks import Mark, look_counts, marks_between

SHOWN_MARKS = 3
_MONTH = re.compile(r"(\d{4})-(\d{2})", re.ASCII)


@dataclass(frozen=True)
class Day:
    """A day of a month and what was written of it, seen from `today`."""

    day: date
    marks: list[Mark]
    today: date

    @property
    def is_today(self) -> bool:
        return self.day == self.today

    @property
    def is_future(self) -> bool:
        return self.day > self.today

    @property
    def shown_marks(self) -> list[Mark]:
        return self.marks[:SHOWN_MARKS]

    @property
    def hidden_count(self) -> int:
        """How many entries there are beyond those that fit."""
        return max(0, len(self.marks) - SHOWN_MARKS)

    @property
    def looks(self) -> dict[str, int]:
        """How many entries there are of every look."""
        return look_counts(self.marks)

    @property
    def look(self) -> str:
        """The one look that stands for the day: the most frequent, of those the one that was written last."""
        counts = Counter(mark.look for mark in self.marks)
        return max((mark.look for mark in reversed(self.marks)), key=lambda look: counts[look], default="")


@dataclass(frozen=True)
class Month:
    """A month: its weeks of seven, None for the days of its neighbours."""

    first: date
    weeks: list[list[Day | None]]

    @property
    def days(self) -> list[Day]:
        return [day for week in self.weeks for day in week if day is not None]

    @property
    def written_days(self) -> list[Day]:
        return [day for day in self.days if day.marks]

    @property
    def looks(self) -> dict[str, int]:
        """How many entries of the month there are of every look."""
        return look_counts(mark for day in self.days for mark in day.marks)

    @property
    def previous(self) -> date | None:
        """The first day of the month before; None where the calendar begins."""
        return _month(self.first.year, self.first.month - 1)

    @property
    def next(self) -> date | None:
        """The first day of the month after; None where the calendar ends."""
        return _month(self.first.year, self.first.month + 1)


def read_month(text: str) -> date:
    """The first day of the month of '2026-11'. Raises ValueError for anything else."""
    match = _MONTH.fullmatch(text)
    if match is None:
        raise ValueError("not a month")
    return date(int(match[1]), int(match[2]), 1)


def first_weekday() -> int:
    """The day that a week begins with for the reader's language; 0 is Monday."""
    return (int(get_format("FIRST_DAY_OF_WEEK")) - 1) % 7


def get_month(*, user: User, first: date, today: date, first_weekday: int) -> Month:
    """The month that begins on `first`; its weeks begin on `first_weekday` (0 is Monday, as in `calendar`)."""
    last = first.replace(day=monthrange(first.year, first.month)[1])
    return _build(first, marks_between(user=user, first=first, last=last), today, first_weekday)


def get_year(*, user: User, year: int, today: date) -> list[Month]:
    """The twelve months of a year."""
    by_month: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks_between(user=user, first=date(year, 1, 1), last=date(year, 12, 31)):
        by_month[mark.day.month].append(mark)
    return [_build(date(year, month, 1), by_month[month], today, first_weekday=0) for month in range(1, 13)]


def _build(first: date, marks: Iterable[Mark], today: date, first_weekday: int) -> Month:
    by_day: dict[int, list[Mark]] = defaultdict(list)
    for mark in marks:
        by_day[mark.day.day].append(mark)
    weeks = Calendar(first_weekday).monthdayscalendar(first.year, first.month)
    return Month(
        first, [[Day(first.replace(day=day), by_day[day], today) if day else None for day in week] for week in weeks]
    )


def _month(year: int, month: int) -> date | None:
    """The first day of a month that may be the 0th or 13th of its year."""
    year, month = year + (month - 1) // 12, (month - 1) % 12 + 1
    return date(year, month, 1) if MINYEAR <= year <= MAXYEAR else None
