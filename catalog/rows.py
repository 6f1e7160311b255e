"""What the services take from any importer: a film or a track as a source tells it, already checked."""

from dataclasses import dataclass

from catalog.models import Source
from ml.labels import Emotion, Mood

# What stands for a musical key, mode or time signature that nobody tells; for the key, Spotify's own word for it.
UNKNOWN_CODES: dict[str, int] = {"key": -1, "mode": -1, "time_signature": 0}


@dataclass(frozen=True, slots=True)
class MovieRow:
    """A film; `lifts` holds one number a feeling, 1.0 being the catalogue's mean.

    `rating` is what reviewers give it, 1-10, drawn to the mean where they are few; None where nobody tells.
    """

    external_id: str
    imdb_id: str
    tmdb_id: int | None
    title: str
    title_ko: str
    year: int
    director: str
    director_ko: str
    review_count: int
    source: Source
    lifts: dict[Emotion, float]
    rating: float | None = None
    has_suicide_theme: bool = False


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A song; `features` are Spotify's, `probabilities` sum to one over the moods.

    `artist_ko` names the artists in Korean, as far as that is known, and is empty where it is not.
    """

    spotify_id: str
    title: str
    artist: str
    album: str
    release_date: str
    duration_ms: int
    popularity: int
    features: dict[str, float]
    probabilities: dict[Mood, float]
    artist_ko: str = ""


@dataclass(frozen=True, slots=True)
class FetchedTrack:
    """A song as a provider tells it: Spotify's features, no moods yet.

    An empty text, a popularity of None and a code of UNKNOWN_CODES are what the provider does not tell.
    """

    spotify_id: str
    title: str
    artist: str
    album: str
    release_date: str
    duration_ms: int
    popularity: int | None
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class SkippedTrack:
    """Something that a provider was asked for, or offered, and could not turn into a track; `place` says where."""

    place: str
    reason: str
