"""The labelled tracks that the mood classifier learns from, and the Korean tracks that it is run over."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ml.errors import DataError
from ml.files import read_lines, read_number, read_rows, require_filled
from ml.labels import Mood

# Spotify's audio features that the classifier sees; loudness in dB, tempo in beats a minute, the others in 0…1.
FEATURES: tuple[str, ...] = (
    "danceability",
    "energy",
    "loudness",
    "speechiness",
    "acousticness",
    "instrumentalness",
    "liveness",
    "valence",
    "tempo",
)
# Carried into the catalogue as they are: pitch class, major or minor, beats a bar.
CODES: tuple[str, ...] = ("key", "mode", "time_signature")

_MOODS_COLUMNS = (*FEATURES, "mood")
_TRACK_COLUMNS = (
    *("id", "name", "artist", "album", "release_date", "popularity", "length"),
    *FEATURES,
    *CODES,
    *("source", "is_instrumental_version", "dup_of_same_title"),
)


@dataclass(frozen=True, slots=True)
class LabelledTracks:
    """n tracks: features [n, len(FEATURES)] in FEATURES' order, and the mood of each as an index into Mood [n]."""

    features: NDArray[np.float64]
    moods: NDArray[np.intp]


@dataclass(frozen=True, slots=True)
class Track:
    """One track with Spotify's features; `popularity` (0-100) is None where the source does not tell it."""

    spotify_id: str
    title: str
    artists: tuple[str, ...]
    album: str
    release_date: str
    duration_ms: int
    popularity: int | None
    features: dict[str, float]
    codes: dict[str, int]
    is_instrumental: bool
    is_repeat: bool


def read_moods(path: Path) -> LabelledTracks:
    """Read a CSV of FEATURES and `mood` (Happy, Sad, Calm, Energetic). Raises DataError with file, row and column."""
    order = [mood.value for mood in Mood]
    features, moods = [], []
    for line, row in read_rows(path, columns=_MOODS_COLUMNS):
        mood = row["mood"].strip().lower()
        if mood not in order:
            raise DataError(f"{path}: row {line}: column mood: {row['mood']!r} is none of {', '.join(order)}")
        features.append([read_number(row, name, path=path, line=line) for name in FEATURES])
        moods.append(order.index(mood))
    if not features:
        raise DataError(f"{path}: no tracks")
    return LabelledTracks(np.array(features), np.array(moods, dtype=np.intp))


def read_tracks(path: Path) -> list[Track]:
    """Read a CSV of tracks with Spotify's features and two flags. Raises DataError with file, row and column."""
    return [_parse_track(row, path=path, line=line) for line, row in read_rows(path, columns=_TRACK_COLUMNS)]


def read_names(path: Path) -> frozenset[str]:
    """Read a list of names or ids, one a line; `#` starts a comment."""
    lines = (line.partition("#")[0].strip() for _, line in read_lines(path))
    return frozenset(line for line in lines if line)


def feature_matrix(tracks: Sequence[Track]) -> NDArray[np.float64]:
    """The features of n tracks as [n, len(FEATURES)]."""
    return np.array([[track.features[name] for name in FEATURES] for track in tracks]).reshape(-1, len(FEATURES))


def _parse_track(row: dict[str, str], *, path: Path, line: int) -> Track:
    def number(column: str) -> float:
        return read_number(row, column, path=path, line=line)

    require_filled(row, ("id", "name", "artist"), path=path, line=line)
    return Track(
        spotify_id=row["id"],
        title=row["name"].strip(),
        artists=tuple(name.strip() for name in row["artist"].split(";") if name.strip()),
        album=row["album"].strip(),
        release_date=row["release_date"].strip(),
        duration_ms=round(number("length")),
        popularity=round(number("popularity")) if row["popularity"] else None,
        features={name: number(name) for name in FEATURES},
        codes={name: round(number(name)) for name in CODES},
        is_instrumental=row["is_instrumental_version"] == "True",
        is_repeat=row["dup_of_same_title"] == "True",
    )
