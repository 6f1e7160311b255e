"""What the importers share: reading a catalogue CSV strictly, and errors that name file, line and column."""

import csv
import gzip
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TypeVar

T = TypeVar("T")


class RowError(ValueError):
    """A catalogue file that can't be used; the message names the file, the line and the column."""


class Row:
    """One line of a catalogue file, with typed access to its columns."""

    def __init__(self, *, file: str, line: int, values: dict[str, str]) -> None:
        self.file = file
        self.line = line
        self._values = values

    def error(self, column: str, problem: str) -> RowError:
        return RowError(f"{self.file}, line {self.line}, column {column}: {problem}")

    def text(self, column: str, *, max_length: int = 300, required: bool = False) -> str:
        """The cell without outer blanks, cut to `max_length` characters; RowError when a required one is blank."""
        value = self._values[column].strip().replace("\x00", "")[:max_length]
        if required and not value:
            raise self.error(column, "is empty")
        return value

    def _number(self, column: str, parse: Callable[[str], T], kind: str) -> T:
        try:
            return parse(self._values[column])
        except ValueError:
            raise self.error(column, f"{self._values[column]!r} is not {kind}") from None

    def integer(self, column: str, *, low: int, high: int) -> int:
        value = self._number(column, int, "a whole number")
        if not low <= value <= high:
            raise self.error(column, f"{value} is outside {low}…{high}")
        return value

    def number(self, column: str, *, low: float, high: float) -> float:
        value = self._number(column, float, "a number")
        if not low <= value <= high:  # refuses NaN as well
            raise self.error(column, f"{value} is outside {low}…{high}")
        return value

    def optional_text(self, column: str) -> str:
        """The cell's text; empty where the file has no such column."""
        return self.text(column) if column in self._values else ""

    def optional_number(self, column: str, *, low: float, high: float) -> float | None:
        """A number; None where the cell is empty or the file has no such column."""
        return self.number(column, low=low, high=high) if self._values.get(column) else None

    def flag(self, column: str) -> bool:
        """A cell of 0 or 1; False where the file has no such column."""
        value = self._values.get(column, "0")
        if value not in {"0", "1"}:
            raise self.error(column, f"{value!r} is neither 0 nor 1")
        return value == "1"


def read_rows(
    path: Path, columns: Sequence[str], *, report: Callable[[int, RowError], None] | None = None
) -> Iterator[Row]:
    """Rows of a CSV file (gzip when it ends in .gz) that must have `columns`, in any order; it may have others.

    Raises RowError for a file that can't be read. A row with too few or too many cells raises it too, or goes with its
    line to `report`, where there is one, and the next row follows.
    """
    opener = gzip.open if path.suffix == ".gz" else open
    try:
        with opener(path, "rt", encoding="utf-8-sig", newline="") as handle:
            reader = csv.DictReader(handle, strict=True)
            _require_columns(path, columns, reader.fieldnames or [])
            for values in reader:
                if None in values or None in values.values():
                    error = RowError(f"{path.name}, line {reader.line_num}: has not as many cells as the header")
                    if report is None:
                        raise error
                    report(reader.line_num, error)
                    continue
                yield Row(file=path.name, line=reader.line_num, values=values)
    except FileNotFoundError:
        raise RowError(f"{path}: there is no such file") from None
    except (IsADirectoryError, PermissionError) as error:
        raise RowError(f"{path}: can't be opened ({error.strerror})") from error
    except (csv.Error, UnicodeDecodeError, gzip.BadGzipFile, EOFError) as error:
        raise RowError(f"{path.name}: can't be read as a CSV file ({error})") from error


def _require_columns(path: Path, columns: Sequence[str], found: Sequence[str]) -> None:
    missing = [column for column in columns if column not in found]
    if missing:
        others = ", ".join(column for column in found if column not in columns) or "no other column"
        raise RowError(f"{path.name}: the columns {', '.join(missing)} are missing; it also has {others}")


def refuse_repeated(row: Row, column: str, identifier: str, lines: dict[str, int]) -> None:
    """Raise RowError when an earlier line had the same identifier; `lines` remembers where each one stood."""
    if identifier in lines:
        raise row.error(column, f"{identifier} stands on line {lines[identifier]} already")
    lines[identifier] = row.line
