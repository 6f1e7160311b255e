"""Checks of what a service says of a track: numbers in Spotify's ranges, texts that fit."""

import math
from collections.abc import Mapping
from typing import Any, TypeGuard

from catalog.importers.tracks_csv import CODE_RANGES, FEATURE_RANGES, LONGEST_MS
from catalog.rows import UNKNOWN_CODES, FetchedTrack

TEXT_LENGTH = 300


def read_features(answer: Any) -> dict[str, float] | None:
    """Spotify's audio features out of a JSON object, unknown codes filled in; None where one is missing or wrong."""
    if not isinstance(answer, Mapping):
        return None
    features: dict[str, float] = {}
    for name, (low, high) in FEATURE_RANGES.items():
        value = answer.get(name)
        if not _is_number(value) or not low <= value <= high:
            return None
        features[name] = float(value)
    for name, (lowest, highest) in CODE_RANGES.items():
        value = answer.get(name)
        if _is_number(value) and value == int(value) and lowest <= value <= highest:
            features[name] = int(value)
        else:
            features[name] = UNKNOWN_CODES[name]
    return features


def read_track(
    *, spotify_id: str, title: Any, artists: Any, duration_ms: Any, album: Any = None, popularity: Any = None
) -> FetchedTrack | None:
    """A track without features out of parts of a JSON answer; None when it has no title, artist or length.

    `artists` is a list of objects with a name, `album` an object with a name and a release date.
    """
    people = artists if isinstance(artists, list) else []
    names = [_text(person.get("name")) for person in people if isinstance(person, Mapping)]
    artist = ", ".join(name for name in names if name)[:TEXT_LENGTH]
    if not _text(title) or not artist or not _is_number(duration_ms) or not 1 <= duration_ms <= LONGEST_MS:
        return None
    about = album if isinstance(album, Mapping) else {}
    return FetchedTrack(
        spotify_id=spotify_id,
        title=_text(title),
        artist=artist,
        album=_text(about.get("name")),
        release_date=_text(about.get("release_date"))[:10],
        duration_ms=int(duration_ms),
        popularity=round(popularity) if _is_number(popularity) and 0 <= popularity <= 100 else None,
        features={},
    )


def _is_number(value: object) -> TypeGuard[int | float]:
    return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)


def _text(value: Any) -> str:
    return value.replace("\x00", "").strip()[:TEXT_LENGTH] if isinstance(value, str) else ""
