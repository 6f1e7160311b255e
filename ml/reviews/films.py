"""The films to tag: catalogue tables and overviews."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ml.files import read_number, read_rows
from ml.reviews.text import clean_korean_title, names_erotica, repair_encoding

FIRST_YEAR = 1990


@dataclass(frozen=True, slots=True)
class Film:
    """One film; `imdb_id` or `tmdb_id` may be empty, never both. `overview` is its plot in English, where known."""

    imdb_id: str
    tmdb_id: str
    title: str
    title_ko: str
    year: int
    director: str
    director_ko: str = ""
    overview: str = ""

    @property
    def key(self) -> str:
        """What tells films apart: the IMDb id, or the TMDB id where there is none."""
        return self.imdb_id or f"tmdb:{self.tmdb_id}"


def read_catalogue(path: Path) -> list[Film]:
    """Films with reviews: a TSV of tconst, tmdb_id, title, year, director, title_ko. Raises DataError."""
    columns = ("tconst", "tmdb_id", "title", "year", "director", "title_ko")
    return [
        Film(
            imdb_id=row["tconst"],
            tmdb_id=row["tmdb_id"],
            title=repair_encoding(row["title"].strip()),
            title_ko=row["title_ko"].strip(),
            year=round(read_number(row, "year", path=path, line=line)),
            director=repair_encoding(row["director"].strip()),
        )
        for line, row in read_rows(path, columns=columns, delimiter="\t")
    ]


def read_overviews(path: Path) -> dict[str, Film]:
    """Films by TMDB id with plot: a CSV of tmdb_id, title, original_title, year, director, overview, keywords.

    The keywords are appended to the overview. Erotica and films without an overview are left out. Raises DataError.
    """
    columns = ("tmdb_id", "title", "original_title", "year", "director", "overview", "keywords")
    return {
        row["tmdb_id"]: Film(
            imdb_id="",
            tmdb_id=row["tmdb_id"],
            title=row["title"].strip(),
            title_ko=row["original_title"].strip(),
            year=round(read_number(row, "year", path=path, line=line)),
            director=row["director"].strip(),
            overview=f"{row['overview'].strip()} {row['keywords'].replace('|', '. ')}",
        )
        for line, row in read_rows(path, columns=columns)
        if row["overview"].strip() and not names_erotica(row["keywords"])
    }


def read_korean_titles(path: Path, overviews: Mapping[str, Film]) -> list[Film]:
    """Films without reviews that have an overview: a TSV of tmdb_id, tconst, title_ko, year, director."""
    columns = ("tmdb_id", "tconst", "title_ko", "year", "director")
    return [
        replace(overviews[row["tmdb_id"]], imdb_id=row["tconst"], title_ko=row["title_ko"], director=row["director"])
        for _, row in read_rows(path, columns=columns, delimiter="\t")
        if row["tmdb_id"] in overviews
    ]


def merge_films(reviewed: Sequence[Film], unreviewed: Sequence[Film], overviews: Mapping[str, Film]) -> list[Film]:
    """One list of films from FIRST_YEAR on, sorted by key: overviews and Korean titles joined in, no film twice.

    A film listed twice keeps its first place, so a reviewed one is never replaced by its plot.
    """
    merged: dict[str, Film] = {}
    seen_tmdb: set[str] = set()
    for film in (*reviewed, *unreviewed, *overviews.values()):
        if film.year < FIRST_YEAR or film.key in merged or (film.tmdb_id and film.tmdb_id in seen_tmdb):
            continue
        seen_tmdb.add(film.tmdb_id)
        plot = overviews.get(film.tmdb_id)
        merged[film.key] = replace(
            film,
            title_ko=clean_korean_title(film.title_ko) or (clean_korean_title(plot.title_ko) if plot else ""),
            overview=plot.overview if plot else "",
        )
    return [merged[key] for key in sorted(merged)]
