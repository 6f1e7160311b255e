"""Daylio's CSV export: full_date, date, weekday, time, mood, activities, note_title, note.

A mood is a word of its writer's ("rad", "최고", …), not one of our emotions: it becomes a tag, as activities do.
"""

import csv
import html
import re
from collections.abc import Callable, Iterator
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, TextIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _

from diary.portability.errors import UnreadableFileError
from diary.portability.items import BadRow, Item, build_item, build_row, read_day

if TYPE_CHECKING:
    from _csv import Reader as CsvReader

NAME = "daylio"
NEEDED = {"full_date", "mood"}
_CLOCKS = ("%H:%M", "%I:%M %p", "%p %I:%M", "%H:%M:%S")
_KOREAN_HALVES = {"오전": "AM", "오후": "PM"}
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "h1", "h2", "h3", "blockquote"}
_INLINE = {"b", "strong", "i", "em", "u", "s", "del", "span", "font", "a", "sub", "sup", "small", "big", "tt"}
_NAMES = "|".join(sorted(_BREAKS | _INLINE, key=len, reverse=True))
_LOOKS_LIKE_HTML = re.compile(rf"</?({_NAMES})\b[^<>]*>|&(amp|lt|gt|quot|apos|nbsp|#\d{{1,6}});", re.IGNORECASE)
# No tag holds a "<": what was looked at for one is not looked at again for the next. (html.parser takes a minute for a
# cell that is full of "<a".)
_TAG = re.compile(rf"""<(/?)({_NAMES})\b(?:[^<>"']|"[^"<]*"|'[^'<]*')*>""", re.IGNORECASE)


class DaylioReader:
    """A Daylio CSV. `open_text` opens it from its start."""

    name = NAME

    def __init__(self, open_text: Callable[[], TextIO]) -> None:
        self._open_text = open_text

    def rows(self) -> Iterator[Item | BadRow]:
        with self._open_text() as stream:
            lines = csv.reader(stream, strict=True)  # else the rest of the file would become the note of one row
            try:
                header = [name.strip().lower() for name in next(lines, [])]
            except csv.Error:
                header = []
            if not set(header) >= NEEDED:
                raise UnreadableFileError(
                    _("Daylio에서 내보낸 CSV가 아니에요. 첫 줄에 full_date와 mood가 있어야 해요.")
                )
            yield from _read_lines(lines, header)

    def ids(self) -> Iterator[UUID | None]:
        return iter(())

    def feedback(self) -> Iterator[dict[str, Any]]:
        return iter(())

    def left_out(self) -> list[str]:
        return []


def _read_lines(lines: "CsvReader", header: list[str]) -> Iterator[Item | BadRow]:
    """Rows are counted as a spreadsheet counts them: the header is the first."""
    number = 1
    while True:
        number += 1
        place, last = _("%(number)d행") % {"number": number}, lines.line_num
        try:
            cells = next(lines)
        except StopIteration:
            return
        except csv.Error:
            yield BadRow(place, _unreadable(lines.line_num - last))
            continue
        except UnicodeDecodeError:
            raise UnreadableFileError(_("글자를 읽지 못했어요. 파일을 UTF-8로 저장해서 다시 올려 주세요.")) from None
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            yield BadRow(place, _("칸의 수가 첫 줄과 달라요."))
            continue
        row = dict(zip(header, cells, strict=True))
        yield build_row(place, lambda row=row: _read_row(row))  # type: ignore[misc]


def _unreadable(lines: int) -> str:
    """Why a row can't be read, and how many lines of the file went with it: a quotation mark may swallow them all."""
    if lines == 1:
        return _("칸 하나가 너무 길거나 따옴표가 맞지 않아요.")
    return _("칸 하나가 너무 길거나 따옴표가 맞지 않아서, 여기부터 %(lines)d줄을 읽지 못했어요.") % {"lines": lines}


def _read_row(row: dict[str, str]) -> Item:
    mood = row["mood"].strip()
    activities = [name.strip() for name in row.get("activities", "").split("|") if name.strip()]
    written_on = read_day(row["full_date"])
    title, note = (plain_text(row.get(name, "")) for name in ("note_title", "note"))
    text = "\n\n".join(part for part in (title, note) if part)
    if not text:
        text = " · ".join(part for part in (mood, ", ".join(activities)) if part)
    if not text:
        raise ValidationError(_("글도 기분도 비어 있어요."), code="blank")
    return build_item(
        text=text,
        written_on=written_on,
        tags=[tag for tag in (mood, *activities) if tag],
        created_at=_read_clock(written_on, row.get("time", "")),
    )


def _read_clock(day: date, value: str) -> datetime | None:
    """The moment of an entry by the clock of the site; None for a time in another way of writing."""
    for korean, english in _KOREAN_HALVES.items():
        value = value.replace(korean, english)
    value = " ".join(value.split())  # a narrow no-break space stands before PM
    for form in _CLOCKS:
        try:
            clock: time = datetime.strptime(value, form).time()
        except ValueError:
            continue
        return datetime.combine(day, clock, timezone.get_current_timezone())
    return None


def plain_text(note: str) -> str:
    """A note without the HTML that Daylio's editor writes; one that holds none stays as it is."""
    if not _LOOKS_LIKE_HTML.search(note):
        return note.strip()
    pieces: list[str] = []
    last, position = "", 0
    for tag in _TAG.finditer(note):
        pieces.append(_plain_words(note[position : tag.start()]))
        last = pieces[-1] or last
        pieces.append(_in_place_of(tag[2].lower(), is_end=bool(tag[1]), after=last))
        last = pieces[-1] or last
        position = tag.end()
    pieces.append(_plain_words(note[position:]))
    lines = "\n".join(line.rstrip() for line in "".join(pieces).split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def _plain_words(text: str) -> str:
    return html.unescape(text).replace("\xa0", " ")


def _in_place_of(name: str, *, is_end: bool, after: str) -> str:
    """What a tag becomes: nothing, a line break where there is none yet, a dash. `after` is what stands before it."""
    if name == "br":
        return "" if is_end else "\n"
    if name not in _BREAKS:
        return ""
    line_break = "\n" if after and not after.endswith("\n") else ""
    return f"{line_break}- " if name == "li" and not is_end else line_break
