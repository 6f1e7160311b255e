"""The films of IMDb's tables: joined by DuckDB, handed on as the rows that the services take."""

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from string import Template
from typing import Any

from tqdm import tqdm

from catalog.importers.imdb import queries
from catalog.importers.imdb.engine import Engine, open_engine
from catalog.importers.imdb.lines import Lines
from catalog.importers.imdb.tables import AKAS, BASICS, CREW, NAMES, SCORES, TableFile, open_table
from catalog.models import Movie, Source
from catalog.rows import MovieRow
from ml.labels import FEELINGS

TITLE_LENGTH = int(Movie._meta.get_field("title").max_length or 0)
DIRECTOR_LENGTH = int(Movie._meta.get_field("director").max_length or 0)
NO_SCORES = """
CREATE TABLE scores (id VARCHAR, rejected VARCHAR, dropped VARCHAR, reviews INTEGER, source VARCHAR,
    lifts VARCHAR[], rating DOUBLE, has_suicide_theme BOOLEAN);
"""


@dataclass(frozen=True)
class Tables:
    """The files of one import."""

    basics: Path
    crew: Path
    names: Path
    akas: Path
    scores: Path | None = None


@dataclass(frozen=True)
class Reason:
    """Why `count` rows of one file (or films of the database) are left out, with a few of their ids or lines."""

    where: str
    why: str
    count: int
    examples: tuple[str, ...]


@dataclass
class JoinedFilms:
    """What the tables hold: `count` films, and what was left out. Usable while `join_films` is open."""

    engine: Engine
    count: int = 0
    dropped: list[Reason] = field(default_factory=list)
    rejected: list[Reason] = field(default_factory=list)

    def rows(self) -> Iterator[MovieRow]:
        """The films by id. One without scores has no `lifts`, and `review_count` and `source` say nothing."""
        return map(_movie_row, self.engine.stream(queries.JOINED))

    def why_absent(self, imdb_ids: Sequence[str]) -> list[Reason]:
        """Why each of these ids is not among the films."""
        if not imdb_ids:
            return []
        found = self.engine.run(queries.WHY_ABSENT, ids=list(imdb_ids))
        return [Reason("", why, count, tuple(examples or ())) for why, count, examples in found]


@contextlib.contextmanager
def join_films(tables: Tables, *, since: int) -> Iterator[JoinedFilms]:
    """Join the tables: films from the year `since` on, no television, nothing for adults.

    Holds less than a gigabyte on tables of IMDb's size (`benchmarks.import_movies`); the rest goes into the system's
    temporary folder. Raises RowError, naming file and column, when a file can't be used; a row that can't be
    used only counts as rejected.
    """
    files = _open_all(tables)
    with open_engine() as engine:
        engine.run(queries.SETUP)
        joined = JoinedFilms(engine)
        reader = _Reader(joined)
        reader.read(files[BASICS.name], "titles", Template(queries.TITLES).safe_substitute(since=since))
        reader.note_dropped(files[BASICS.name], "titles")
        reader.note_repeated(files[BASICS.name], "titles", "title IS NOT NULL")
        engine.run(queries.FILMS)
        reader.read(files[CREW.name], "crew", queries.CREW)
        reader.note_repeated(files[CREW.name], "crew", "rejected IS NULL")
        engine.run(queries.DIRECTORS)
        reader.read(files[NAMES.name], "names", Template(queries.NAMES).safe_substitute(name_length=DIRECTOR_LENGTH))
        reader.note_nameless(files[CREW.name])
        reader.read(files[AKAS.name], "akas", queries.AKAS)
        _read_scores(reader, files.get(SCORES.name))
        engine.run(queries.JOIN)
        [(joined.count,)] = engine.run("SELECT count(*) FROM joined")
        yield joined


def _open_all(tables: Tables) -> dict[str, TableFile]:
    """Every header first: a wrong file is found before minutes are spent on the right ones."""
    paths = [(BASICS, tables.basics), (CREW, tables.crew), (NAMES, tables.names), (AKAS, tables.akas)]
    if tables.scores is not None:
        paths.append((SCORES, tables.scores))
    return {table.name: open_table(path, table) for table, path in paths}


class _Reader:
    """Runs the steps and writes into the report what each of them left out."""

    def __init__(self, joined: JoinedFilms) -> None:
        self._joined = joined
        self.engine = joined.engine

    def read(self, file: TableFile, table: str, sql: str) -> None:
        lines = Lines(file.path, must_be_gzip=file.table.must_be_gzip)
        size = file.path.stat().st_size
        with tqdm(total=size, desc=file.path.name, unit="B", unit_scale=True, leave=False, disable=None) as bar:
            self.engine.read(sql, file, lines, bar)
        for why, count in sorted(lines.rejected.items()):
            self._reject(file, why, count, lines.examples[why])
        self._joined.rejected += self._reasons("rejected", file, table)

    def note_dropped(self, file: TableFile, table: str) -> None:
        self._joined.dropped += self._reasons("dropped", file, table)

    def _reasons(self, column: str, file: TableFile, table: str) -> list[Reason]:
        found = self.engine.run(queries.REASONS.format(column=column, table=table))
        return [Reason(file.path.name, why, count, tuple(examples or ())) for why, count, examples in found]

    def note_repeated(self, file: TableFile, table: str, usable: str) -> None:
        [(count, examples)] = self.engine.run(queries.REPEATED.format(table=table, usable=usable))
        self._reject(file, "an id that stands there more than once", count, examples)

    def note_nameless(self, file: TableFile) -> None:
        [(count, examples)] = self.engine.run(queries.NAMELESS)
        self._reject(file, "a director whom the names lack", count, examples)

    def note_unused_scores(self, file: TableFile) -> None:
        [(count, examples)] = self.engine.run(queries.UNUSED_SCORES)
        if count:
            self._joined.dropped.append(Reason(file.path.name, "scores of no imported film", count, tuple(examples)))

    def _reject(self, file: TableFile, why: str, count: int, examples: Sequence[str] | None) -> None:
        if count:
            self._joined.rejected.append(Reason(file.path.name, why, count, tuple(examples or ())))


def _read_scores(reader: _Reader, file: TableFile | None) -> None:
    if file is None:
        reader.engine.run(NO_SCORES)
        return
    checks = "\n".join(f"WHEN NOT is_lift({name}) THEN '{name} is not a number in 0…1000'" for name in FEELINGS)
    theme = "trim(suicide_theme)" if "suicide_theme" in file.columns else "'0'"
    rating = "trim(rating)" if "rating" in file.columns else "''"
    sql = Template(queries.SCORES).safe_substitute(
        feeling_checks=checks,
        theme=theme,
        rating=rating,
        feelings=", ".join(f"try_cast({name} AS DOUBLE)" for name in FEELINGS),
    )
    reader.read(file, "scores", sql)
    reader.note_dropped(file, "scores")
    reader.note_repeated(file, "scores", "rejected IS NULL AND dropped IS NULL")
    reader.note_unused_scores(file)


def _movie_row(values: tuple[Any, ...]) -> MovieRow:
    imdb_id, title, year, directors, title_ko, reviews, source, lifts, rating, has_suicide_theme = values
    return MovieRow(
        external_id=imdb_id,
        imdb_id=imdb_id,
        tmdb_id=None,
        title=title[:TITLE_LENGTH],
        title_ko=(title_ko or "")[:TITLE_LENGTH],
        year=year,
        director=_join_names(directors or [], DIRECTOR_LENGTH),
        director_ko="",
        review_count=reviews or 0,
        source=Source(source or Source.REVIEWS),
        lifts=dict(zip(FEELINGS, lifts, strict=True)) if lifts else {},
        rating=rating,
        has_suicide_theme=bool(has_suicide_theme),
    )


def _join_names(names: Sequence[str], length: int) -> str:
    """As many of the names, in their order, as fit into `length` characters."""
    joined = ""
    for name in names:
        longer = f"{joined}, {name}" if joined else name
        if len(longer) > length:
            break
        joined = longer
    return joined
