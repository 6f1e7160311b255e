"""Day One's JSON export: a ZIP with one JSON file for each journal, or such a file alone.

Texts are Markdown. Photos and the like stay behind, and so do place and weather.
"""

import json
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, TextIO
from uuid import NAMESPACE_URL, UUID, uuid5

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from diary.portability.items import BadRow, Item, build_item, build_row, in_zone, read_time
from diary.portability.json_stream import iter_object

NAME = "dayone"
_ATTACHMENTS = ("photos", "videos", "audios", "pdfAttachments")
# What opens a link ends the search for its end: else a text of nothing but openings would be searched for hours.
_EMBEDDED = re.compile(r"!\[[^\[\]\n]*\]\(dayone-moment:[^()\n]*\)[ \t]*\n?")
_ESCAPED = re.compile(r"\\([\\`*_{}\[\]()#+\-.!>~|\"'])")


class DayOneReader:
    """The journals of a Day One export: name of the file → what opens it from its start."""

    name = NAME

    def __init__(self, journals: Mapping[str, Callable[[], TextIO]]) -> None:
        self._journals = journals
        self._attachments = 0

    def rows(self) -> Iterator[Item | BadRow]:
        self._attachments = 0
        for file, open_text in self._journals.items():
            number = 0
            with open_text() as stream:
                for name, value in iter_object(stream, {"entries"}):
                    if name == "entries":
                        number += 1
                        place = self._place(file, number)
                        yield build_row(place, lambda entry=value: _read_entry(entry))  # type: ignore[misc]
                        self._attachments += _count_attachments(value)

    def ids(self) -> Iterator[UUID | None]:
        for open_text in self._journals.values():
            with open_text() as stream:
                for name, value in iter_object(stream, {"entries"}):
                    if name == "entries":
                        yield _read_id(value.get("uuid")) if isinstance(value, dict) else None

    def feedback(self) -> Iterator[dict[str, Any]]:
        return iter(())

    def left_out(self) -> list[str]:
        count = self._attachments
        if not count:
            return []
        words = ngettext(
            "사진, 영상, 녹음 %(count)d개는 가져오지 않아요. 글만 가져와요.",
            "사진, 영상, 녹음 %(count)d개는 가져오지 않아요. 글만 가져와요.",
            count,
        )
        return [words % {"count": count}]

    def _place(self, file: str, number: int) -> str:
        place = _("%(number)d번째 일기") % {"number": number}
        return place if len(self._journals) == 1 else f"{file}, {place}"


def _read_entry(entry: Any) -> Item:
    created = entry if isinstance(entry, dict) else {}
    moment = read_time(created.get("creationDate"))
    if moment is None:
        raise ValidationError(_("날짜(creationDate)를 읽지 못했어요."), code="unreadable_date")
    tags = created.get("tags")
    return build_item(
        text=_read_text(created),
        written_on=_read_day(moment, created.get("timeZone")),
        tags=[tag for tag in tags if isinstance(tag, str)] if isinstance(tags, list) else [],
        created_at=moment,
        updated_at=read_time(created.get("modifiedDate")),
        entry_id=_read_id(created.get("uuid")),
    )


def _read_day(moment: Any, zone: Any) -> Any:
    """The day where the entry was written: midnight in Seoul is the day before in Lisbon."""
    try:
        return in_zone(moment, zone if isinstance(zone, str) else "").date()
    except OverflowError:
        raise ValidationError(_("날짜(creationDate)를 읽지 못했어요."), code="unreadable_date") from None


def _read_text(entry: dict[str, Any]) -> str:
    text = entry.get("text")
    if not isinstance(text, str):
        text = _rich_text(entry.get("richText"))
    text = _ESCAPED.sub(r"\1", _EMBEDDED.sub("", text)).strip()
    if not text:
        raise ValidationError(_("글이 없는 일기예요. 사진만 있는 일기는 가져오지 않아요."), code="blank")
    return text


def _rich_text(value: Any) -> str:
    """The words of Day One's own rich text, a JSON document within the JSON, for entries that have nothing else."""
    try:
        contents = json.loads(value)["contents"] if isinstance(value, str) else []
        return "".join(part["text"] for part in contents if isinstance(part.get("text"), str))
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""


def _read_id(value: Any) -> UUID | None:
    """Day One's id is a UUID in 32 digits. Another one gives a UUID too, always the same."""
    if not isinstance(value, str) or not value:
        return None
    try:
        return UUID(value)
    except ValueError:
        return uuid5(NAMESPACE_URL, f"dayone:{value.encode('utf-8', 'replace').decode()}")


def _count_attachments(entry: Any) -> int:
    if not isinstance(entry, dict):
        return 0
    return sum(len(entry[name]) for name in _ATTACHMENTS if isinstance(entry.get(name), list))
