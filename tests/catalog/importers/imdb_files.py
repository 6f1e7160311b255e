"""Small tables in exactly IMDb's format: gzip, tabs, `\\N`, no quoting."""

import csv
import gzip
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from catalog.importers.imdb.films import Tables
from ml.labels import FEELINGS

NULL = r"\N"
BETWEEN_VALUES = "\x02"  # of one cell

BASICS = [
    *("tconst", "titleType", "primaryTitle", "originalTitle", "isAdult", "startYear", "endYear"),
    *("runtimeMinutes", "genres"),
]
CREW = ["tconst", "directors", "writers"]
NAMES = ["nconst", "primaryName", "birthYear", "deathYear", "primaryProfession", "knownForTitles"]
AKAS = ["titleId", "ordering", "title", "region", "language", "types", "attributes", "isOriginalTitle"]

Row = Sequence[str]


def title(tconst: str, name: str = "A Film", *, kind: str = "movie", adult: str = "0", year: str = "2003") -> Row:
    """A row of title.basics."""
    return (tconst, kind, name, name, adult, year, NULL, "120", "Drama")


def crew(tconst: str, directors: str = NULL) -> Row:
    return (tconst, directors, NULL)


def person(nconst: str, name: str) -> Row:
    """A row of name.basics."""
    return (nconst, name, NULL, NULL, "director", NULL)


def aka(
    tconst: str, ordering: int | str, name: str, *, region: str = "KR", language: str = NULL, types: str = NULL
) -> Row:
    return (tconst, str(ordering), name, region, language, types, NULL, "0")


def score(tconst: str, **cells: str) -> dict[str, str]:
    """A row of the CSV of scores."""
    return {"imdb_id": tconst, "reviews": "12", "source": "reviews", **dict.fromkeys(FEELINGS, "1.25"), **cells}


def tsv(columns: Row, rows: Sequence[Row]) -> bytes:
    return "".join("\t".join(row) + "\n" for row in [columns, *rows]).encode()


@dataclass
class ImdbFiles:
    """The rows of the four tables, and of the scores if there are any; `write` puts them on disk."""

    folder: Path
    basics: list[Row] = field(default_factory=list)
    crew: list[Row] = field(default_factory=list)
    names: list[Row] = field(default_factory=list)
    akas: list[Row] = field(default_factory=list)
    scores: list[Mapping[str, str]] = field(default_factory=list)

    def write(self) -> Tables:
        return Tables(
            basics=self.write_bytes("title.basics.tsv.gz", tsv(BASICS, self.basics)),
            crew=self.write_bytes("title.crew.tsv.gz", tsv(CREW, self.crew)),
            names=self.write_bytes("name.basics.tsv.gz", tsv(NAMES, self.names)),
            akas=self.write_bytes("title.akas.tsv.gz", tsv(AKAS, self.akas)),
            scores=self._write_scores(),
        )

    def write_bytes(self, name: str, content: bytes) -> Path:
        path = self.folder / name
        path.write_bytes(gzip.compress(content))
        return path

    def _write_scores(self) -> Path | None:
        if not self.scores:
            return None
        text = io.StringIO(newline="")
        writer = csv.DictWriter(text, self.scores[0])
        writer.writeheader()
        writer.writerows(self.scores)
        return self.write_bytes("scores.csv.gz", text.getvalue().encode())
