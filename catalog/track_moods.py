"""Moods of tracks by the classifier that ships with the site, and where they stand in the whole catalogue."""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from django.db.models import F
from django.db.models.functions import Mod
from numpy.typing import NDArray

from catalog.models import Track
from catalog.rows import FetchedTrack, TrackRow
from catalog.weights import track_weights
from ml.artifacts import MUSIC_MODEL
from ml.labels import Mood
from ml.music.data import FEATURES, INPUTS, input_matrix
from ml.music.predict import MoodClassifier
from ml.music.rank import AXES, MoodRanks

# How many tracks of the catalogue new ones are ranked against at most: a quantile among so many is right to ±0.007
# (95 %, the Dvoretzky-Kiefer-Wolfowitz inequality with Massart's constant).
SAMPLE_SIZE = 40_000
READ_AT_ONCE = 1_000


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What tracks are compared with."""

    ranks: MoodRanks
    median_popularity: int


@dataclass(frozen=True, slots=True)
class MoodWord:
    """What the classifier says of a track and a mood: the probability, and how strongly that puts it forward."""

    score: float
    weight: float


def measure_catalogue(new: Sequence[FetchedTrack], classifier: MoodClassifier) -> Catalogue:
    """How the catalogue is spread, the new tracks counted in, from at most SAMPLE_SIZE of each.

    Of a larger catalogue every k-th track is read, and every k-th new one joins them, so that both weigh what they
    weigh. The same tracks imported again are measured against the same catalogue. Stored tracks are scored by the
    classifier anew: a curated tag no longer holds its probability.
    """
    step = max(1, math.ceil(Track.objects.count() / SAMPLE_SIZE))
    stored = Track.objects.annotate(place=Mod(F("pk"), step)).filter(place=0)
    ids = {track.spotify_id for track in new}
    columns = list(
        stored.values_list("spotify_id", "popularity", *FEATURES, "duration_ms").iterator(chunk_size=READ_AT_ONCE)
    )
    popularity = [row[1] for row in columns] or [track.popularity for track in new if track.popularity is not None]
    others = np.array([row[2:] for row in columns if row[0] not in ids]).reshape(-1, len(INPUTS))
    inputs = np.vstack([others, input_matrix(new[::step])])
    ranks = MoodRanks.of(predict_moods(classifier, inputs), inputs[:, [INPUTS.index(name) for name in AXES]])
    return Catalogue(ranks, median_popularity=round(float(np.median(popularity))) if popularity else 0)


def predict_moods(classifier: MoodClassifier, inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Probabilities to nine digits: the same for a track whichever others it is scored with."""
    return np.round(classifier.predict(inputs), 9)


def classify_stored(tracks: Sequence[Track]) -> dict[tuple[int, str], MoodWord]:
    """The classifier's word by track id and mood, of the features that are stored, ranked in today's catalogue.

    Raises ModelError when the classifier that ships with the site is damaged.
    """
    classifier = MoodClassifier.load(MUSIC_MODEL)
    rows = [_as_fetched(track) for track in tracks]
    ranks = measure_catalogue(rows, classifier).ranks
    scored = [
        TrackRow(**_values(row), probabilities=dict(zip(Mood, scores.tolist(), strict=True)))
        for row, scores in zip(rows, predict_moods(classifier, input_matrix(rows)), strict=True)
    ]
    return {
        (track.pk, mood): MoodWord(row.probabilities[mood], weights[mood])
        for track, row, weights in zip(tracks, scored, track_weights(scored, ranks), strict=True)
        for mood in Mood
    }


def _as_fetched(track: Track) -> FetchedTrack:
    return FetchedTrack(
        **{name: getattr(track, name) for name in _DETAILS},
        features={name: getattr(track, name) for name in FEATURES},
    )


def _values(row: FetchedTrack) -> dict[str, Any]:
    return {name: getattr(row, name) for name in (*_DETAILS, "features")}


_DETAILS = ("spotify_id", "title", "artist", "album", "release_date", "duration_ms", "popularity")
