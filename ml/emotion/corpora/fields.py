"""What the loaders share: rows of a table with filled columns, and the names of emotions."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from ml.errors import DataError
from ml.files import read_rows, read_text, require_filled
from ml.labels import EMOTION_FROM_KOREAN, Emotion


def read_filled(path: Path, columns: Sequence[str], delimiter: str = ",") -> Iterator[tuple[int, dict[str, str]]]:
    """Yield (line number, row) of a UTF-8 table whose named columns are there and filled; a TSV has no quoting.

    Raises DataError that names file, row and column.
    """
    header = next(csv.reader(read_text(path).splitlines()[:1], delimiter=delimiter), [])
    if missing := [name for name in columns if name not in header]:
        raise missing_columns(missing, header, path=path, row=1)
    for number, row in read_rows(path, columns=columns, delimiter=delimiter, is_quoted=delimiter != "\t"):
        require_filled(row, columns, path=path, line=number)
        yield number, row


def missing_columns(missing: Sequence[str], found: Sequence[str], *, path: Path, row: int) -> DataError:
    """The error for a header without some columns; it names the columns that are there."""
    names = ", ".join(filter(None, found)) or "none"
    return DataError(f"{path}: row {row}: missing column {', '.join(missing)} (found: {names})")


def parse_emotion(name: str, *, path: Path, row: int, column: str) -> Emotion:
    """The emotion of a Korean or English name. Raises DataError that names file, row and column for any other."""
    label = EMOTION_FROM_KOREAN.get(name)
    if label is None and name in list(Emotion):
        label = Emotion(name)
    if label is None:
        expected = ", ".join(f"{emotion.korean} or {emotion}" for emotion in Emotion)
        raise DataError(f"{path}: row {row}: column {column}: unknown emotion {name!r} (expected {expected})")
    return label
