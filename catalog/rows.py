"""What the services take from any importer: a film or a track as a source tells it, already checked."""

from dataclasses import dataclass

from catalog.models import Source
from ml.labels import Emotion, Mood


@dataclass(frozen=True, slots=True)
class MovieRow:
    """A film; `lifts` holds one number a feeling, 1.0 being the catalogue's mean."""

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
    has_suicide_theme: bool = False


@dataclass(frozen=True, slots=True)
class TrackRow:
    """A song; `features` are Spotify's, `probabilities` sum to one over the moods."""

    spotify_id: str
    title: str
    artist: str
    album: str
    release_date: str
    duration_ms: int
    popularity: int
    features: dict[str, float]
    probabilities: dict[Mood, float]
