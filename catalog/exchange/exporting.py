"""Films and tracks as a file: CSV as it is read from the database, XLSX once it is complete."""

import csv
import tempfile
from collections.abc import Iterator
from typing import IO, Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from catalog.exchange.cells import write_text
from catalog.exchange.columns import resource_of
from catalog.exchange.limits import MAX_XLSX_ROWS
from catalog.models import ImportFile, Kind

# Rows that are in memory at once.
CHUNK = 500
# Excel reads a CSV file as UTF-8 only where it begins with this.
BYTE_ORDER_MARK = "\ufeff"


class TooManyRowsError(ValueError):
    """More rows than an XLSX file is made of; the message says what to do."""


def stream_csv(kind: Kind, items: QuerySet[Any]) -> Iterator[bytes]:
    """A CSV file in UTF-8, by some hundred kilobytes at a time."""
    lines = _Lines()
    writer = csv.writer(lines)
    lines.write(BYTE_ORDER_MARK)
    for number, row in enumerate(_rows(kind, items)):
        writer.writerow(row)
        if number % CHUNK == CHUNK - 1:
            yield lines.take()
    yield lines.take()


def write_xlsx(kind: Kind, items: QuerySet[Any]) -> IO[bytes]:
    """An XLSX file, open at its beginning; it is gone once closed. Raises TooManyRowsError."""
    from openpyxl import Workbook  # takes memory: see the package

    if items[MAX_XLSX_ROWS : MAX_XLSX_ROWS + 1].exists():
        raise TooManyRowsError(
            _("엑셀 파일은 %(limit)s행까지 만들 수 있어요. 조건을 걸어 줄이거나 CSV로 내보내 주세요.")
            % {"limit": f"{MAX_XLSX_ROWS:,}"}
        )
    book = Workbook(write_only=True)
    sheet = book.create_sheet(str(kind.label))
    sheet.freeze_panes = "A2"
    for row in _rows(kind, items):
        sheet.append(row)
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the answer
    book.save(file)
    file.seek(0)
    return file


def errors_csv(file: ImportFile) -> bytes:
    """What can't be imported of an upload, as a CSV file."""
    lines = _Lines()
    writer = csv.writer(lines)
    lines.write(BYTE_ORDER_MARK)
    writer.writerow([_("행"), _("열"), _("이유")])
    for number, column, message in file.errors:
        writer.writerow([number, write_text(column), write_text(message)])
    return lines.take()


def _rows(kind: Kind, items: QuerySet[Any]) -> Iterator[list[Any]]:
    """The headings, and a row for each item."""
    resource = resource_of(kind)
    fields = resource.get_export_fields()
    yield resource.get_export_headers()
    for item in items.order_by("pk").prefetch_related("tags").iterator(chunk_size=CHUNK):
        yield [field.export(item) for field in fields]


class _Lines:
    """Takes what the csv module writes, until it is taken."""

    def __init__(self) -> None:
        self._parts: list[str] = []

    def write(self, part: str) -> None:
        self._parts.append(part)

    def take(self) -> bytes:
        taken = "".join(self._parts).encode()
        self._parts.clear()
        return taken
