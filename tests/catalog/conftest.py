"""A few films and tracks."""

import pytest

from catalog import services
from catalog.models import Movie, Track
from catalog.weights import track_weights
from ml.labels import FEELINGS, Mood
from tests.factories import movie_row, track_row


@pytest.fixture
def films(db: None) -> list[Movie]:
    services.upsert_movies([movie_row(number, lifts=dict.fromkeys(FEELINGS, 1.5)) for number in range(1, 6)])
    return list(Movie.objects.order_by("pk"))


@pytest.fixture
def tracks(db: None) -> list[Track]:
    rows = [track_row(number, mood) for number, mood in enumerate([*Mood, Mood.CALM], start=1)]
    services.upsert_tracks(rows, track_weights(rows))
    return list(Track.objects.order_by("pk"))
