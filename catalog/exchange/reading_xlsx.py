"""XLSX uploads as rows of cells. What is declared inside is measured before a parser sees it."""

import itertools
import warnings
import zipfile
import zlib
from collections.abc import Iterator
from typing import IO

from django.utils.translation import gettext as _
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from catalog.exchange import limits
from catalog.exchange.cells import cell_of
from catalog.exchange.errors import UnreadableFileError

# What zipfile, XML parsers (SyntaxError) and openpyxl raise for files that somebody broke, by accident or not.
BROKEN = (
    *(zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, SyntaxError, InvalidFileException),
    *(KeyError, IndexError, ValueError, TypeError, AttributeError),
    *(EOFError, OSError, NotImplementedError, RuntimeError, OverflowError),
)
_UNLIMITED_PARTS = ("xl/worksheets/", "xl/sharedStrings")


def read_xlsx(file: IO[bytes]) -> Iterator[tuple[int, list[str]]]:
    """The rows of the first sheet, by the numbers that Excel shows. Raises UnreadableFileError."""
    try:
        _check_sizes(file)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # openpyxl warns of what it leaves out, as drawings
            book = load_workbook(file, read_only=True, data_only=True, keep_links=False)
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # what the file says of its own size is not believed
            rows = sheet.iter_rows(min_row=1, max_col=limits.MAX_COLUMNS, values_only=True)
            for number, values in enumerate(itertools.islice(rows, limits.LAST_ROW), 1):
                if any(values):  # a million rows may be empty
                    yield number, _without_end([cell_of(value) for value in values])
    except UnreadableFileError:
        raise
    except BROKEN as error:
        raise UnreadableFileError(_("엑셀 파일이 깨져 있어요. 엑셀에서 열어 .xlsx로 다시 저장해 주세요.")) from error


def _check_sizes(file: IO[bytes]) -> None:
    """Raises UnreadableFileError for a bomb. zipfile unpacks no more of a part than is declared for it."""
    with zipfile.ZipFile(file) as archive:
        parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    packed = sum(part.compress_size for part in parts)
    is_bomb = unpacked > limits.RATIO_COUNTS_FROM_BYTES and unpacked > packed * limits.MAX_RATIO
    is_odd = any(
        part.file_size > limits.MAX_FURTHER_PART_BYTES and not part.filename.startswith(_UNLIMITED_PARTS)
        for part in parts
    )
    if unpacked > limits.MAX_UNPACKED_BYTES or is_bomb or is_odd or len(parts) > limits.MAX_PARTS:
        raise UnreadableFileError(_("엑셀 파일을 풀면 너무 커요. 필요한 행만 남긴 파일이나 CSV로 나누어 올려 주세요."))


def _without_end(cells: list[str]) -> list[str]:
    """The cells up to the last one that says something."""
    while cells and not cells[-1]:
        cells.pop()
    return cells
