"""Uploads as rows of cells, whatever program wrote them: CSV in the encodings of Korean spreadsheets, or XLSX."""

import codecs
import csv
import io
from collections.abc import Iterator
from typing import IO, TypeAlias

from django.utils.translation import gettext as _

from catalog.exchange import limits
from catalog.exchange.errors import UnreadableFileError

# The number that a spreadsheet shows beside a row, and its cells.
Row: TypeAlias = tuple[int, list[str]]

ZIP_SIGNATURE = b"PK\x03\x04"
# The old XLS, and XLSX with a password: both are OLE files.
OLE_SIGNATURE = b"\xd0\xcf\x11\xe0"
DELIMITERS = ",;\t"
_READ_BYTES = 64 * 1024


def read_rows(file: IO[bytes]) -> Iterator[Row]:
    """The rows of an upload, the one with the headings first; rows without anything are left out.

    Raises UnreadableFileError, when it is asked for the first row or for a later one.
    """
    if _size_of(file) > limits.MAX_FILE_BYTES:
        raise UnreadableFileError(
            _("파일이 너무 커요. %(limit)dMB까지 올릴 수 있으니 나누어 올려 주세요.")
            % {"limit": limits.MAX_FILE_BYTES // limits.MIB}
        )
    start = file.read(len(ZIP_SIGNATURE))
    file.seek(0)
    if start == OLE_SIGNATURE:
        raise UnreadableFileError(
            _("예전 엑셀 파일(.xls)이거나 암호가 걸린 파일이에요. 암호 없이 .xlsx나 CSV로 저장해 주세요.")
        )
    return _limited(_read_xlsx(file) if start == ZIP_SIGNATURE else _read_csv(file))


def _limited(rows: Iterator[Row]) -> Iterator[Row]:
    count = -1  # the headings are no row
    for number, cells in rows:
        if not any(cells):
            continue
        count += 1
        if count > limits.MAX_ROWS:
            raise UnreadableFileError(
                _("행이 너무 많아요. 한 번에 %(limit)s행까지 올릴 수 있으니 나누어 올려 주세요.")
                % {"limit": f"{limits.MAX_ROWS:,}"}
            )
        yield number, cells
    if count < 1:
        raise UnreadableFileError(_("파일에 머리글 말고는 아무 행도 없어요."))


def _read_xlsx(file: IO[bytes]) -> Iterator[Row]:
    from catalog.exchange.reading_xlsx import read_xlsx  # openpyxl takes memory: see the package

    return read_xlsx(file)


def _read_csv(file: IO[bytes]) -> Iterator[Row]:
    text = io.TextIOWrapper(file, encoding=_encoding_of(file), newline="")
    try:
        lines = csv.reader(text, delimiter=_delimiter_of(text))
        for number, cells in enumerate(lines, 1):
            if len(cells) > limits.MAX_COLUMNS:
                raise UnreadableFileError(
                    _("%(row)d행에 칸이 너무 많아요. 쉼표로 나눈 CSV인지 확인해 주세요.") % {"row": number}
                )
            yield number, cells
    except csv.Error as error:
        raise UnreadableFileError(
            _("%(row)d행 근처를 읽지 못했어요. 따옴표가 닫혔는지 확인해 주세요.") % {"row": lines.line_num + 1}
        ) from error
    finally:
        if not text.closed:
            text.detach()  # the upload is closed by whoever opened it


def _encoding_of(file: IO[bytes]) -> str:
    """UTF-8 with or without a mark, UTF-16 with one, or what Korean Windows writes. Raises UnreadableFileError."""
    start = file.read(3)
    file.seek(0)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates: tuple[str, ...] = ("utf-16",)
    else:
        candidates = ("utf-8-sig", "cp949")
    for encoding in candidates:
        if _decodes(file, encoding):
            return encoding
    raise UnreadableFileError(_("글자를 읽지 못했어요. 엑셀에서 ‘CSV UTF-8(쉼표로 분리)’로 저장해 주세요."))


def _decodes(file: IO[bytes], encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        while chunk := file.read(_READ_BYTES):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    finally:
        file.seek(0)
    return True


def _delimiter_of(text: IO[str]) -> str:
    """What the headings are separated by: a comma, or what Excel writes in other countries."""
    headings = text.readline(limits.MAX_HEADINGS_CHARACTERS)
    text.seek(0)
    return max(DELIMITERS, key=headings.count)


def _size_of(file: IO[bytes]) -> int:
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    return size
