"""How strongly a film or track is put forward for a tag: what recommendations sort by."""

from collections.abc import Sequence

import numpy as np

from catalog.draw import PINNED_BONUS
from catalog.models import Movie, MovieTag, Track, TrackTag
from catalog.rows import TrackRow
from ml.labels import Mood
from ml.music.rank import AXES, MoodRanks
from ml.reviews.rank import movie_weight

# A curated tag stands before every computed one, whatever weight that one has (computed weights stay below 1).
CURATED_BONUS = 1.0
# A track is put forward for a mood when it stands among this share of the catalogue for it.
FITTING_SHARE = 0.25
# From which probability on a curator says that a track carries a mood.
TRACK_CARRIES_FROM = 0.5
# How much of a track's weight its popularity decides: enough that known songs come first among equals.
POPULARITY_SHARE = 0.25


def track_weights(rows: Sequence[TrackRow], catalogue: MoodRanks | None = None) -> list[dict[Mood, float]]:
    """How strongly each track is put forward for each mood, in 0…1, relative to the catalogue.

    The catalogue is all `rows` together unless its ranks are given. Nothing for tracks outside the FITTING_SHARE that
    stand highest for the mood; for the others their rank, with a light say for popularity (POPULARITY_SHARE).
    """
    if not rows:
        return []
    measured = (
        np.array([[row.probabilities[mood] for mood in Mood] for row in rows]),
        np.array([[row.features[name] for name in AXES] for row in rows]),
    )
    ranks = (catalogue or MoodRanks.of(*measured)).rank(*measured)
    popularity = np.array([[row.popularity / 100] for row in rows])
    weights = (1 - POPULARITY_SHARE) * ranks + POPULARITY_SHARE * popularity
    weights[ranks < 1 - FITTING_SHARE] = 0
    return [dict(zip(Mood, values, strict=True)) for values in weights.tolist()]


def curated_weight(tag: MovieTag | TrackTag) -> float:
    """Before every computed tag if the curator says that the item carries it, and never put forward if not."""
    if isinstance(tag, MovieTag):
        return CURATED_BONUS + movie_tag_weight(tag.movie, tag.score) if tag.score > 1 else 0.0
    return lift_pinned(tag.track, CURATED_BONUS + tag.score if tag.score >= TRACK_CARRIES_FROM else 0.0)


def movie_tag_weight(movie: Movie, lift: float) -> float:
    weight = movie_weight(lift, reviews=movie.review_count, rating=movie.rating, has_korean_title=bool(movie.title_ko))
    return lift_pinned(movie, weight)


def lift_pinned(item: Movie | Track, weight: float) -> float:
    """The weight, above all others where the item is pinned and carries the tag at all."""
    return weight + PINNED_BONUS if item.is_pinned and weight > 0 else weight


def without_pin(item: Movie | Track, weight: float) -> float:
    """What `lift_pinned` made a weight of, taken back."""
    return weight - PINNED_BONUS if item.is_pinned and weight > 0 else weight
