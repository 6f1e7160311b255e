"""Do tags agree with genres? One-against-rest AUC of a lift for the genres that should carry the feeling."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from sklearn.metrics import roc_auc_score

from ml.files import read_rows
from ml.labels import Emotion

# What a genre is expected to carry. 당황 has no genre of its own; mysteries bewilder more often than other films do.
EXPECTED: tuple[tuple[Emotion, frozenset[str]], ...] = (
    (Emotion.JOY, frozenset({"Comedy", "Romance"})),
    (Emotion.SADNESS, frozenset({"Drama", "War"})),
    (Emotion.ANGER, frozenset({"Crime", "War"})),
    (Emotion.ANXIETY, frozenset({"Horror"})),
    (Emotion.EMBARRASSMENT, frozenset({"Mystery"})),
)


@dataclass(frozen=True, slots=True)
class Agreement:
    """The AUC of one feeling's lift for `genres`, over `films` films of which `positives` have one of them."""

    emotion: Emotion
    genres: frozenset[str]
    films: int
    positives: int
    auc: float


def read_imdb_genres(folder: Path) -> dict[str, set[str]]:
    """Genres by IMDb id from `genres.csv` (genre_id, genre_name) and `genresinmovies.csv`. Raises DataError."""
    names = {
        row["genre_id"]: row["genre_name"]
        for _, row in read_rows(folder / "genres.csv", columns=("genre_id", "genre_name"))
    }
    genres: dict[str, set[str]] = defaultdict(set)
    for _, row in read_rows(folder / "genresinmovies.csv", columns=("imdb_title_id", "genre_id")):
        genres[row["imdb_title_id"]].add(names[row["genre_id"]])
    return genres


def read_movielens_genres(folder: Path) -> dict[str, set[str]]:
    """Genres by IMDb id from MovieLens' `movies.csv` and `links.csv`. Raises DataError."""
    by_movie = {
        row["movieId"]: set(row["genres"].split("|"))
        for _, row in read_rows(folder / "movies.csv", columns=("movieId", "genres"))
    }
    links = read_rows(folder / "links.csv", columns=("movieId", "imdbId"))
    return {f"tt{int(row['imdbId']):07d}": by_movie.get(row["movieId"], set()) for _, row in links}


def agreements(
    lifts: Mapping[str, Mapping[Emotion, float]], genres: Mapping[str, set[str]], films: Sequence[str]
) -> list[Agreement]:
    """The AUC of each EXPECTED pair over those of `films` (IMDb ids) whose genres are known."""
    known = [film for film in films if genres.get(film)]
    result = []
    for emotion, expected in EXPECTED:
        truth = [bool(genres[film] & expected) for film in known]
        auc = float(roc_auc_score(truth, [lifts[film][emotion] for film in known]))
        result.append(Agreement(emotion, expected, len(known), sum(truth), round(auc, 4)))
    return result
