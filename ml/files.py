"""Data files: readers whose errors name file, row and column, and writers that give equal bytes for equal content."""

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.errors import DataError


def hash_file(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal. Raises OSError when it cannot be read."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def read_text(path: Path) -> str:
    """Read a UTF-8 file, gzipped where its name ends in `.gz`; a byte order mark is dropped, line ends stay.

    Raises DataError when it cannot be read or is not UTF-8.
    """
    try:
        content = path.read_bytes()
        return (gzip.decompress(content) if path.suffix == ".gz" else content).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise DataError(f"{path}: not UTF-8 at byte {error.start}") from None
    except (OSError, EOFError) as error:  # gzip.BadGzipFile is an OSError, a cut-off file gives EOFError
        reason = error.strerror if isinstance(error, OSError) and error.strerror else error
        raise DataError(f"{path}: {reason}") from None


def read_rows(
    path: Path, *, columns: Sequence[str], delimiter: str = ",", is_quoted: bool = True
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) of a CSV or TSV with a header; where not `is_quoted`, a quotation mark is text.

    Raises DataError when the file cannot be read, lacks one of `columns`, or a row has too few or too many fields.
    """
    lines = io.StringIO(read_text(path), newline="")
    if is_quoted:
        reader = csv.DictReader(lines, delimiter=delimiter, strict=True)
    else:
        reader = csv.DictReader(lines, delimiter=delimiter, strict=True, quoting=csv.QUOTE_NONE)
    missing = [name for name in columns if name not in (reader.fieldnames or ())]
    if missing:
        raise DataError(f"{path}: row 1: missing column {', '.join(missing)}")
    try:
        for row in reader:
            if None in row or None in row.values():
                raise DataError(f"{path}: row {reader.line_num}: wrong number of fields")
            yield reader.line_num, row
    except csv.Error as error:
        raise DataError(f"{path}: row {reader.line_num}: {error}") from None


def read_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (line number, line) of a text file, stripped, blank lines skipped. Raises DataError."""
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if stripped := line.strip():
            yield number, stripped


def read_number(row: Mapping[str, str], column: str, *, path: Path, line: int) -> float:
    """The number in a column. Raises DataError that names file, row and column when it is none."""
    try:
        return float(row[column])
    except ValueError:
        raise DataError(f"{path}: row {line}: column {column}: {row[column]!r} is not a number") from None


def require_filled(row: Mapping[str, str], columns: Sequence[str], *, path: Path, line: int) -> None:
    """Raise DataError that names file, row and column when one of `columns` is blank."""
    for column in columns:
        if not row[column].strip():
            raise DataError(f"{path}: row {line}: column {column}: empty")


def write_json(path: Path, content: Mapping[str, Any]) -> None:
    """Write readable JSON with sorted keys, so that a retrained model differs only where it is different."""
    path.write_text(json.dumps(content, ensure_ascii=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")


def write_csv_gz(path: Path, *, columns: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Write a gzipped CSV without a time stamp or file name inside: equal rows give equal bytes."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gzip.compress(text.getvalue().encode("utf-8"), compresslevel=9, mtime=0))
