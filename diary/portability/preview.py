"""What an import would do, before it does it."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

from django.utils.translation import gettext as _

from accounts.models import User
from diary.portability.doubles import Doubles, ids_in
from diary.portability.errors import UnreadableFileError
from diary.portability.items import BadRow, Item, Reader
from diary.portability.limits import MAX_ENTRIES, MAX_SHOWN_ROWS

EXAMPLES = 3


@dataclass
class Tally:
    """What becomes of the rows of a file. Of the bad ones, `bad_rows` holds the first MAX_SHOWN_ROWS."""

    doubles: int = 0
    bad: int = 0
    bad_rows: list[BadRow] = field(default_factory=list)

    def note_bad_row(self, row: BadRow) -> None:
        self.bad += 1
        if len(self.bad_rows) < MAX_SHOWN_ROWS:
            self.bad_rows.append(row)


@dataclass
class Preview(Tally):
    """`found` = new + doubles + bad."""

    format: str = ""
    found: int = 0
    new: int = 0
    examples: list[Item] = field(default_factory=list)
    first_day: date | None = None
    last_day: date | None = None
    left_out: list[str] = field(default_factory=list)


def preview_import(user: User, reader: Reader) -> Preview:
    """Read a whole file and save nothing. Raises UnreadableFileError."""
    preview = Preview(format=reader.name)
    doubles = Doubles(user, ids_in(reader))
    for row in limited_rows(reader):
        preview.found += 1
        if isinstance(row, BadRow):
            preview.note_bad_row(row)
        elif doubles.as_new(row) is None:
            preview.doubles += 1
        else:
            preview.new += 1
            _note_item(preview, row)
    preview.left_out = reader.left_out()
    return preview


def limited_rows(reader: Reader) -> Iterator[Item | BadRow]:
    """The rows of a file with some entry, and no more than MAX_ENTRIES. Raises UnreadableFileError for others."""
    number = 0
    for number, row in enumerate(reader.rows(), 1):
        if number > MAX_ENTRIES:
            raise UnreadableFileError(
                _("일기가 너무 많아요. 한 번에 %(limit)s개까지 가져올 수 있으니, 파일을 나누어 올려 주세요.")
                % {"limit": f"{MAX_ENTRIES:,}"}
            )
        yield row
    if not number:
        raise UnreadableFileError(_("파일에 일기가 하나도 없어요."))


def _note_item(preview: Preview, item: Item) -> None:
    if len(preview.examples) < EXAMPLES:
        preview.examples.append(item)
    days = [item.written_on, preview.first_day or item.written_on, preview.last_day or item.written_on]
    preview.first_day, preview.last_day = min(days), max(days)
