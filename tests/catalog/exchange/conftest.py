"""Curators, a few films and tracks, and files as spreadsheets write them."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.models import User
from catalog import services
from catalog.models import Movie, Track
from catalog.weights import track_weights
from ml.labels import FEELINGS, Mood
from tests.factories import make_user, movie_row, track_row

CURATOR_RIGHTS = ("view_movie", "change_movie", "view_track", "change_track")


def make_curator(email: str, *rights: str) -> User:
    """Staff with the rights of a curator, and some more."""
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(codename__in=(*CURATOR_RIGHTS, *rights)))
    return User.objects.get(pk=user.pk)


def log_in(user: User) -> Client:
    client = Client(headers={"accept-language": "ko"})
    client.force_login(user)
    return client


@pytest.fixture
def lead(db: None) -> User:
    return make_curator("lead@example.com", "import_catalogue")


@pytest.fixture
def lead_client(lead: User) -> Client:
    return log_in(lead)


@pytest.fixture
def films(db: None) -> list[Movie]:
    services.upsert_movies([movie_row(number, lifts=dict.fromkeys(FEELINGS, 1.5)) for number in range(1, 6)])
    return list(Movie.objects.order_by("pk"))


@pytest.fixture
def tracks(db: None) -> list[Track]:
    rows = [track_row(number, mood) for number, mood in enumerate([*Mood, Mood.CALM], start=1)]
    services.upsert_tracks(rows, track_weights(rows))
    return list(Track.objects.order_by("pk"))
