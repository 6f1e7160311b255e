"""Reads `movies.csv.gz`: films with the lift of each emotion."""

from collections.abc import Iterator
from pathlib import Path

from catalog.importers.reader import Row, read_rows, refuse_repeated
from catalog.models import Source
from catalog.rows import MovieRow
from ml.labels import FEELINGS

COLUMNS = (
    "imdb_id",
    "tmdb_id",
    "title",
    "title_ko",
    "year",
    "director",
    "director_ko",
    "reviews",
    "source",
    *FEELINGS,
)


# A file without these columns marks no film, and rates none.
SUICIDE_THEME = "suicide_theme"
RATING = "rating"


def read_movies(path: Path) -> Iterator[MovieRow]:
    """The films of the file. Raises RowError with file, line and column."""
    lines: dict[str, int] = {}
    for row in read_rows(path, COLUMNS):
        movie = _parse(row)
        refuse_repeated(row, "imdb_id", movie.external_id, lines)
        yield movie


def _parse(row: Row) -> MovieRow:
    imdb_id = row.text("imdb_id", max_length=12)
    tmdb_id = row.integer("tmdb_id", low=1, high=2**31 - 1) if row.text("tmdb_id") else None
    if not imdb_id and tmdb_id is None:
        raise row.error("imdb_id", "is empty, and so is tmdb_id")
    source = row.text("source")
    if source not in {Source.REVIEWS, Source.PLOT}:
        raise row.error("source", f"{source!r} is neither {Source.REVIEWS} nor {Source.PLOT}")
    return MovieRow(
        external_id=imdb_id or f"tmdb:{tmdb_id}",
        imdb_id=imdb_id,
        tmdb_id=tmdb_id,
        title=row.text("title", required=True),
        title_ko=row.text("title_ko"),
        year=row.integer("year", low=1870, high=2100),
        director=row.text("director"),
        director_ko=row.text("director_ko"),
        review_count=row.integer("reviews", low=0, high=2**31 - 1),
        source=Source(source),
        lifts={feeling: row.number(feeling, low=0, high=1000) for feeling in FEELINGS},
        rating=row.optional_number(RATING, low=1, high=10),
        has_suicide_theme=row.flag(SUICIDE_THEME),
    )
