"""Rows of an XLSX file, read one by one: the real files have some 50,000 of them."""

import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import ParseError

from openpyxl import load_workbook

from ml.errors import DataError


def read_sheet(path: Path) -> Iterator[tuple[int, list[str]]]:
    """Yield (row number, cells) of the first sheet; cells are stripped text, rows without any text are skipped.

    Raises DataError when the file is missing, is no XLSX (no zip), or is broken; the message has the last good row.
    """
    number = 0
    try:
        with path.open("rb") as file:
            book = load_workbook(file, read_only=True, data_only=True)
            if not book.worksheets:
                raise DataError(f"{path}: the workbook has no sheet")
            sheet = book.worksheets[0]
            sheet.reset_dimensions()  # some programs write a wrong size, and openpyxl would stop there
            for number, row in enumerate(sheet.iter_rows(values_only=True), start=1):
                cells = ["" if value is None else str(value).strip() for value in row]
                if any(cells):
                    yield number, cells
    except zipfile.BadZipFile as error:
        raise DataError(f"{path}: not an XLSX file, or locked by a password ({error})") from None
    except (KeyError, ValueError, RuntimeError, EOFError, ParseError, zlib.error) as error:
        # zipfile raises RuntimeError for encryption and compression that it cannot undo
        raise DataError(f"{path}: broken XLSX file after row {number} ({error})") from None
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or error}") from None
