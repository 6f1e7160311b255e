"""DuckDB, held to a little memory: what does not fit goes into a temporary folder."""

import contextlib
import os
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor, wait
from pathlib import Path
from string import Template
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from catalog.importers.imdb.lines import Lines
from catalog.importers.imdb.tables import TableFile
from catalog.importers.reader import RowError

if TYPE_CHECKING:
    import duckdb
    from tqdm import tqdm

# Of DuckDB's buffers; what it and Python need besides keeps the whole command below a gigabyte.
MEMORY_LIMIT = "384MB"
THREADS = 2
FETCH_ROWS = 1_000


class Engine:
    """A DuckDB database in a folder of its own, gone afterwards. Queries run in a thread: so Ctrl+C is heard."""

    def __init__(self, connection: "duckdb.DuckDBPyConnection", pool: ThreadPoolExecutor) -> None:
        self._connection = connection
        self._pool = pool

    def run(self, sql: str, **values: object) -> list[tuple[Any, ...]]:
        """Run a query with `$name` in it; returns its rows."""
        rows: list[tuple[Any, ...]] = self._wait(self._pool.submit(self._execute, sql, values))
        return rows

    def stream(self, sql: str) -> Iterator[tuple[Any, ...]]:
        """The rows of a query, FETCH_ROWS in memory at a time. No other query may run before the last is read."""
        self._wait(self._pool.submit(self._connection.execute, sql))
        while rows := self._connection.fetchmany(FETCH_ROWS):
            yield from rows

    def read(self, sql: str, file: TableFile, lines: Lines, bar: "tqdm[None]") -> None:
        """Run a query in which `$lines` is the content of `file`, all columns text, and `$torn` tells a row with too
        many or too few cells."""
        reading, writing = os.pipe()
        statement = Template(sql).safe_substitute(lines=_read_csv(file, reading), torn=_torn(file))
        query = self._pool.submit(self._execute_and_close, statement, reading)
        try:
            with open(writing, "wb", buffering=0) as pipe, contextlib.suppress(BrokenPipeError):  # noqa: PTH123
                for block in lines.blocks(bar):
                    rest = memoryview(block)
                    while rest:
                        rest = rest[pipe.write(rest) :]
        finally:
            # With the pipe closed the query comes to its end, whether all lines were written or not.
            self._wait(query)

    def _execute(self, sql: str, values: dict[str, object]) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values or None).fetchall()

    def _execute_and_close(self, sql: str, reading: int) -> list[tuple[Any, ...]]:
        try:
            return self._execute(sql, {})
        finally:
            os.close(reading)  # a writer that waits for room learns that nobody reads any more

    def _wait(self, query: "Future[Any]") -> Any:
        try:
            return query.result()
        except KeyboardInterrupt:
            self._connection.interrupt()
            wait([query])  # a connection with a query in it can't be closed
            raise


@contextlib.contextmanager
def open_engine() -> Iterator[Engine]:
    """An Engine with nothing in it. Raises RowError when DuckDB is not installed, or fails (disk full, say)."""
    try:
        import duckdb  # only this command needs it: it is no part of what serves
    except ImportError as error:
        raise RowError(f"{error.name} is not installed: pip install -r requirements/catalog.txt") from error
    with TemporaryDirectory(prefix="moduhyu-imdb-") as folder, ThreadPoolExecutor(max_workers=1) as pool:
        settings: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": MEMORY_LIMIT,
            "threads": THREADS,
            "temp_directory": str(Path(folder) / "spilled"),
            "preserve_insertion_order": False,
        }
        try:
            with duckdb.connect(Path(folder) / "join.duckdb", config=settings) as connection:
                yield Engine(connection, pool)
        except duckdb.Error as error:
            raise RowError(f"DuckDB could not join the tables: {error}") from error


def _read_csv(file: TableFile, descriptor: int) -> str:
    """The call of read_csv that keeps every line: short ones padded with NULL, long ones with an `overflow`.

    NULL therefore means "no such cell"; what a file calls null stays text.
    """
    quote = '"' if file.table.delimiter == "," else ""
    names = [*file.columns, "overflow"]
    columns = ", ".join(f"{_literal(name)}: 'VARCHAR'" for name in names)
    return f"""read_csv('/dev/fd/{descriptor}', columns = {{{columns}}}, auto_detect = false, header = true,
        delim = {_literal(file.table.delimiter)}, quote = '{quote}', escape = '{quote}', comment = '',
        new_line = '\\n', nullstr = '\x01', null_padding = true, strict_mode = false, compression = 'none',
        parallel = {"false" if quote else "true"})"""


def _torn(file: TableFile) -> str:
    last = file.columns[-1].replace('"', '""')
    return f'(overflow IS NOT NULL OR "{last}" IS NULL)'


def _literal(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
