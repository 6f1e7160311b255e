"""The labelled tracks that the mood classifier learns from, and the Korean tracks that it is run over."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.errors import DataError
from ml.files import read_lines, read_number, read_rows, require_filled
from ml.labels import Mood

# Spotify's audio features; loudness in dB, tempo in beats a minute, the others in 0…1.
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
# What the classifier reads, in this order: the features and the length of the track in milliseconds.
INPUTS: tuple[str, ...] = (*FEATURES, "length")
# Carried into the catalogue as they are: pitch class, major or minor, beats a bar.
CODES: tuple[str, ...] = ("key", "mode", "time_signature")

_MOODS_COLUMNS = (*INPUTS, "mood")
# How pandas writes a length of time, which some labelled sets carry instead of milliseconds.
_TIMEDELTA = re.compile(r"(\d+) days (\d+):(\d+):(\d+(?:\.\d+)?)")
_TRACK_COLUMNS = (
    *("id", "name", "artist", "album", "release_date", "popularity", "length"),
    *FEATURES,
    *CODES,
    *("source", "is_instrumental_version", "dup_of_same_title"),
)


class Measured(Protocol):
    """A track as the classifier hears it."""

    @property
    def features(self) -> Mapping[str, float]:
        """A value for each name in FEATURES."""

    @property
    def duration_ms(self) -> int:
        """The length in milliseconds."""


@dataclass(frozen=True, slots=True)
class LabelledTracks:
    """n tracks: Spotify ids, inputs [n, len(INPUTS)] in INPUTS' order, and moods as indices into Mood [n]."""

    ids: tuple[str, ...]
    inputs: NDArray[np.float64]
    moods: NDArray[np.intp]

    def take(self, rows: NDArray[np.bool_]) -> "LabelledTracks":
        """The tracks where `rows` [n] is true."""
        return LabelledTracks(tuple(np.array(self.ids)[rows].tolist()), self.inputs[rows], self.moods[rows])


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
    """Read a CSV of INPUTS, `mood` (Happy, Sad, Calm, Energetic) and `id` or `uri`, each track once.

    The length is in milliseconds or as pandas writes it (0 days 00:03:08.5). A track that stands there twice, by id or
    by all of its inputs, is taken once, and not at all where its moods differ, so that no cross-validation trains
    on what it tests. Raises DataError with file, row and column.
    """
    order = [mood.value for mood in Mood]
    ids, inputs, moods = [], [], []
    for line, row in read_rows(path, columns=_MOODS_COLUMNS):
        mood = row["mood"].strip().lower()
        if mood not in order:
            raise DataError(f"{path}: row {line}: column mood: {row['mood']!r} is none of {', '.join(order)}")
        ids.append(_read_id(row, path=path, line=line))
        inputs.append(
            [*(read_number(row, name, path=path, line=line) for name in FEATURES), _read_ms(row, path, line)]
        )
        moods.append(order.index(mood))
    if not inputs:
        raise DataError(f"{path}: no tracks")
    return drop_repeated_tracks(LabelledTracks(tuple(ids), np.array(inputs), np.array(moods, dtype=np.intp)))


def drop_repeated_tracks(tracks: LabelledTracks) -> LabelledTracks:
    """Keep one of the tracks that share an id or all inputs, and none where their moods differ."""
    first_of: dict[object, int] = {}
    kept = np.zeros(len(tracks.ids), dtype=bool)
    for row, (spotify_id, values) in enumerate(zip(tracks.ids, map(tuple, tracks.inputs), strict=True)):
        earlier = {first_of[key] for key in (spotify_id, values) if key in first_of}
        kept[row] = not earlier
        for first in earlier:
            kept[first] &= tracks.moods[first] == tracks.moods[row]
        for key in (spotify_id, values):
            first_of.setdefault(key, row)
    return tracks.take(kept)


def read_tracks(path: Path) -> list[Track]:
    """Read a CSV of tracks with Spotify's features and two flags. Raises DataError with file, row and column."""
    return [_parse_track(row, path=path, line=line) for line, row in read_rows(path, columns=_TRACK_COLUMNS)]


def read_names(path: Path) -> frozenset[str]:
    """Read a list of names or ids, one a line; `#` starts a comment."""
    lines = (line.partition("#")[0].strip() for _, line in read_lines(path))
    return frozenset(line for line in lines if line)


def input_matrix(tracks: Sequence[Measured]) -> NDArray[np.float64]:
    """What the classifier reads of n tracks, [n, len(INPUTS)]."""
    rows = [[*(track.features[name] for name in FEATURES), track.duration_ms] for track in tracks]
    return np.array(rows, dtype=np.float64).reshape(-1, len(INPUTS))


def _read_id(row: dict[str, str], *, path: Path, line: int) -> str:
    """The Spotify id, which stands in `id` or last in `uri` (spotify:track:…)."""
    spotify_id = (row.get("id") or row.get("uri") or "").rpartition(":")[2].strip()
    if not spotify_id:
        raise DataError(f"{path}: row {line}: column id: empty, and so is uri")
    return spotify_id


def _read_ms(row: dict[str, str], path: Path, line: int) -> float:
    if match := _TIMEDELTA.fullmatch(row["length"].strip()):
        days, hours, minutes, seconds = map(float, match.groups())
        return 1000 * (((24 * days + hours) * 60 + minutes) * 60 + seconds)
    return read_number(row, "length", path=path, line=line)


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
