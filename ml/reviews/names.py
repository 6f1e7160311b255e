"""Korean names of films and directors, and the two lists of those that the tables lack or tell wrongly.

What stands in the lists is known by heart, not from a source; an empty title takes a wrong one away.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

from ml.files import read_rows
from ml.reviews.films import Film

KNOWN_TITLES = Path(__file__).parent / "korean_titles.tsv"
KNOWN_DIRECTORS = Path(__file__).parent / "korean_directors.tsv"

_NOT_LETTER = re.compile(r"[\W_]+")

NameKey = tuple[str, ...]


def name_key(name: str) -> NameKey:
    """What the spellings of one name share: its parts without accents and case, in the order of the alphabet.

    "Kang Woo-suk" and "Woo-Suk Kang" have the same key.
    """
    return tuple(sorted(part for part in _NOT_LETTER.split(_plain(name)) if part))


def letters(text: str) -> str:
    """Its letters and digits, without accents and case."""
    return _NOT_LETTER.sub("", _plain(text))


def _plain(text: str) -> str:
    """Lower case without accents."""
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(letter for letter in decomposed if not unicodedata.combining(letter))


def read_directors(path: Path | None = None) -> dict[NameKey, str]:
    """Korean names of directors by the key of the English one: KNOWN_DIRECTORS, then a TSV of the same two columns.

    The columns are director_en and director_ko. Raises DataError.
    """
    known: dict[NameKey, str] = {}
    for each in (KNOWN_DIRECTORS, path):
        if each is not None:
            for _, row in read_rows(each, columns=("director_en", "director_ko"), delimiter="\t"):
                known.setdefault(name_key(row["director_en"]), row["director_ko"])
    return known


def name_directors(films: Sequence[Film], directors: Mapping[NameKey, str]) -> list[Film]:
    """The films with the Korean names of their directors, where all of a film's directors have one."""
    return [replace(film, director_ko=_korean_directors(film, directors)) for film in films]


def _korean_directors(film: Film, directors: Mapping[NameKey, str]) -> str:
    keys = [name_key(name) for name in film.director.split(",")]
    return ", ".join(directors[key] for key in keys) if all(key in directors for key in keys) else ""


def correct_titles(films: Sequence[Film]) -> list[Film]:
    """The films with the Korean titles of KNOWN_TITLES. Raises DataError."""
    columns = ("imdb_id", "title_ko")
    titles = {row["imdb_id"]: row["title_ko"] for _, row in read_rows(KNOWN_TITLES, columns=columns, delimiter="\t")}
    return [replace(film, title_ko=titles.get(film.imdb_id, film.title_ko)) for film in films]
