"""What importers find in files: rows that can be entries, and rows that can't, with the reason."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from typing import Any, Protocol
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from diary import services
from diary.models import Tag
from diary.tags import MAX_TAGS, clean_tags
from diary.text import clean_entry_text, compose

NOON = time(12)
# What every clock of the world can show: the first hours of the year 1 and the last of 9999 are nowhere in some zones.
EARLIEST, LATEST = datetime(1, 1, 3, tzinfo=UTC), datetime(9999, 12, 29, tzinfo=UTC)


@dataclass(frozen=True)
class Item:
    """An entry as a file tells it, clean: what `services.create_entry` would take.

    `restored` is what only our own export knows: analysis, correction, recommendations.
    """

    text: str
    written_on: date
    tags: list[str]
    created_at: datetime
    updated_at: datetime
    entry_id: UUID | None = None
    restored: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class BadRow:
    """A row that can't be imported. `place` says where it stands, as its owner would look for it."""

    place: str
    reason: str


class Reader(Protocol):
    """A file of one format. It can be read more than once, and never holds more than a row of it."""

    name: str  # as the API calls the format

    def rows(self) -> Iterator[Item | BadRow]:
        """Every entry of the file. Raises UnreadableFileError when the file breaks off."""

    def ids(self) -> Iterator[UUID | None]:
        """The id of every entry, of bad rows as well; nothing in formats that have none. Raises as `rows`."""

    def feedback(self) -> Iterator[dict[str, Any]]:
        """What the file says of films and tracks; nothing in other formats than ours."""

    def left_out(self) -> list[str]:
        """What the file holds beside and is not imported, in sentences; known once `rows` has ended."""


def build_item(
    *,
    text: str,
    written_on: date,
    tags: Iterable[str] = (),
    created_at: datetime | None = None,
    updated_at: datetime | None = None,
    entry_id: UUID | None = None,
    restored: dict[str, Any] | None = None,
) -> Item:
    """An item by the rules of every entry. Tags that are too many or too long end up below the text.

    Raises ValidationError like `services.create_entry`.
    """
    fitting, rest = _fit_tags(tags)
    if rest:
        text = f"{text.rstrip()}\n\n{' '.join(rest)}"
    written_on = services.clean_written_on(written_on)
    now = timezone.now()
    created_at = min(max(created_at or _noon(written_on), EARLIEST), now)
    return Item(
        text=clean_entry_text(text),
        written_on=written_on,
        tags=fitting,
        created_at=created_at,
        updated_at=min(max(updated_at or created_at, created_at), now),
        entry_id=entry_id,
        restored=restored or {},
    )


def build_row(place: str, build: Callable[[], Item]) -> Item | BadRow:
    """The item that `build` makes, or the reason why it can't."""
    try:
        return build()
    except ValidationError as error:
        return BadRow(place, " ".join(error.messages))


def read_day(value: Any) -> date:
    """A day in ISO's form. Raises ValidationError."""
    try:
        return date.fromisoformat(str(value).strip())
    except ValueError:
        raise ValidationError(
            _("날짜를 읽지 못했어요. 2026-11-25처럼 적혀 있어야 해요."), code="unreadable_date"
        ) from None


def read_time(value: Any) -> datetime | None:
    """A time with its offset from UTC in ISO's form; None for anything else, and for what some clock can't show."""
    try:
        moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        if moment is None or moment.tzinfo is None:
            return None
        in_utc = moment.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    return in_utc if EARLIEST <= in_utc <= LATEST else None


def _noon(day: date) -> datetime:
    """Noon of a day whose hour is not known, by the clock of the site."""
    return datetime.combine(day, NOON, timezone.get_current_timezone())


def in_zone(moment: datetime, zone: str) -> datetime:
    """The moment by the clock of a zone, or of the site where the zone is not known. Raises OverflowError."""
    try:
        return moment.astimezone(ZoneInfo(zone))
    except (ValueError, OSError, KeyError):  # no name of a zone
        return moment.astimezone(timezone.get_current_timezone())


def _fit_tags(tags: Iterable[str]) -> tuple[list[str], list[str]]:
    fitting: list[str] = []
    rest: list[str] = []
    for tag in tags:
        if len(compose(tag)) > Tag.MAX_LENGTH:
            rest.append(f"#{tag}")
            continue
        clean = clean_tags([*fitting, tag]) if len(fitting) < MAX_TAGS else fitting
        if clean == fitting and tag.strip() and not _is_known(tag, fitting):
            rest.append(f"#{tag}")
        fitting = clean
    return fitting, rest


def _is_known(tag: str, fitting: list[str]) -> bool:
    names = {name.casefold() for name in clean_tags([tag])}
    return names <= {name.casefold() for name in fitting}
