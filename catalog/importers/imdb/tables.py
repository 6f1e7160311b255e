"""Which columns each file must have, and the first look at one: is it there, is it the right one?"""

import csv
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from catalog.importers.imdb.lines import open_bytes
from catalog.importers.reader import RowError
from ml.labels import FEELINGS

# A first line longer than this is no header.
_HEADER_BYTES = 100_000


@dataclass(frozen=True)
class Table:
    """A kind of file: IMDb's name of it, the option that takes it, and the columns that are read."""

    name: str
    option: str
    columns: tuple[str, ...]
    delimiter: str = "\t"
    must_be_gzip: bool = True


BASICS = Table("title.basics", "--basics", ("tconst", "titleType", "primaryTitle", "isAdult", "startYear"))
CREW = Table("title.crew", "--crew", ("tconst", "directors"))
NAMES = Table("name.basics", "--names", ("nconst", "primaryName"))
AKAS = Table("title.akas", "--akas", ("titleId", "ordering", "title", "region", "language", "types"))
SCORES = Table(
    "a table of scores",
    "--reviews-scores",
    ("imdb_id", "reviews", "source", *FEELINGS),
    delimiter=",",
    must_be_gzip=False,
)
TABLES = (BASICS, CREW, NAMES, AKAS, SCORES)


@dataclass(frozen=True)
class TableFile:
    """A file whose header has been read: `columns` are all it has, in its own order."""

    table: Table
    path: Path
    columns: tuple[str, ...]


def open_table(path: Path, table: Table) -> TableFile:
    """Read the header of `path`. Raises RowError, naming file and column, when it can't be the `table`."""
    try:
        with path.open("rb") as raw, open_bytes(raw, must_be_gzip=table.must_be_gzip) as source:
            line = source.readline(_HEADER_BYTES)
        header = line.decode("utf-8-sig").rstrip("\r\n")
    except FileNotFoundError:
        raise RowError(f"{path}: there is no such file") from None
    except UnicodeDecodeError:
        raise RowError(f"{path.name}: the header is not UTF-8 text") from None
    except (OSError, EOFError, zlib.error) as error:
        raise RowError(f"{path.name}: can't be read as a gzip file ({error})") from error
    columns = _split(header, table)
    missing = [column for column in table.columns if column not in columns]
    if missing:
        problem = f"the column {missing[0]} is" if len(missing) == 1 else f"the columns {', '.join(missing)} are"
        raise RowError(f"{path.name} ({table.option}): {problem} missing{_advice(header, table)}")
    for column in columns:
        if columns.count(column) > 1:
            raise RowError(f"{path.name} ({table.option}): the column {column!r} stands in the header twice")
    return TableFile(table, path, columns)


def _split(header: str, table: Table) -> tuple[str, ...]:
    return tuple(next(csv.reader([header]), ())) if table.delimiter == "," else tuple(header.split("\t"))


def _advice(header: str, wrong: Table) -> str:
    for table in _others(wrong):
        if set(table.columns) <= set(_split(header, table)):
            return f"; the file looks like {table.name}, which goes to {table.option}"
    return ""


def _others(wrong: Table) -> Iterable[Table]:
    return (table for table in TABLES if table is not wrong)
