"""A year as a grid, each day with its words ready: a page has hundreds of them, and a template is slow at words."""

from dataclasses import dataclass

from diary.look_back.calendar import Day, Month
from diary.look_back.words import look_name

LONGEST_MONTH = 31


@dataclass(frozen=True)
class Pixel:
    """A day of the grid: its look (empty without entries), its CSS classes, and what it says."""

    look: str
    classes: str
    iso_day: str
    title: str
    words: str


def pixel_rows(months: list[Month]) -> list[tuple[int, list[Pixel | None]]]:
    """For each day of a month the pixels of all months, None where a month is shorter."""
    names: dict[str, str] = {}
    columns: list[list[Pixel | None]] = []
    for month in months:
        pixels: list[Pixel | None] = [_pixel(day, names) for day in month.days]
        columns.append(pixels + [None] * (LONGEST_MONTH - len(pixels)))
    return [(number + 1, [column[number] for column in columns]) for number in range(LONGEST_MONTH)]


def _pixel(day: Day, names: dict[str, str]) -> Pixel:
    """`names` remembers what looks are called."""
    looks = day.looks
    for look in looks:
        names.setdefault(look, look_name(look))
    words = ", ".join(names[look] + (f" {count}" if len(day.marks) > 1 else "") for look, count in looks.items())
    look = day.look
    classes = [f"emotion-{look}", f"look-{look}"] if look else []
    classes += ["is-future"] if day.is_future else []
    classes += ["is-today"] if day.is_today else []
    title = f"{day.day.month}/{day.day.day} {words}".rstrip()
    return Pixel(look, " ".join(["pixel", *classes]), day.day.isoformat(), title, words)
