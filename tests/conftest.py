"""The cast and the stage of the tests: an owner, an outsider, a small catalogue."""

import signal
from collections.abc import Iterator

import pytest
from django.conf import settings
from django.core.cache import cache
from django.test import Client
from django.utils import translation
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker
from rest_framework.test import APIClient

from accounts.encryption.data_keys import forget_keys
from accounts.models import User
from accounts.sessions import forget_noted
from catalog import services
from catalog.pools import forget_pools
from catalog.weights import track_weights
from diary.api.buckets import forget_buckets
from diary.safety import forget_texts
from ml.labels import FEELINGS, Mood
from tests.factories import log_in, make_user, movie_row, track_row
from tests.services.database import fill_by_copies, keep_copies

# The suite tries the same examples every time: what passed, passes. `--hypothesis-profile=search` seeks new ones.
hypothesis_settings.register_profile("suite", derandomize=True, deadline=None)
hypothesis_settings.register_profile("search", deadline=None, max_examples=1000)
hypothesis_settings.load_profile("suite")

PER_TAG = 40  # enough for a month of evenings


@pytest.fixture(autouse=True)
def _fresh_process() -> None:
    """Every test starts in Korean: no login attempt or request is counted, no catalogue, key, session or text kept."""
    cache.clear()
    forget_buckets()
    forget_pools()
    forget_keys()
    forget_noted()
    forget_texts()
    translation.activate(settings.LANGUAGE_CODE)  # a request leaves its language behind in its thread


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let this process hear Ctrl+C, also in a suite that a shell has started in the background, which ignores it."""
    is_ignored = signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    if is_ignored:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    if is_ignored:
        signal.signal(signal.SIGINT, signal.SIG_IGN)


@pytest.fixture
def owner(db: None) -> User:
    return make_user("owner@example.com")


@pytest.fixture
def outsider(db: None) -> User:
    return make_user("outsider@example.com")


@pytest.fixture
def owner_client(owner: User) -> Client:
    return log_in(owner)


@pytest.fixture
def outsider_client(outsider: User) -> Client:
    return log_in(outsider)


@pytest.fixture
def owner_api(owner: User) -> APIClient:
    client = APIClient(headers={"accept-language": "ko"})
    client.force_authenticate(owner)
    return client


@pytest.fixture
def outsider_api(outsider: User) -> APIClient:
    client = APIClient()
    client.force_authenticate(outsider)
    return client


@pytest.fixture(scope="session")
def _copied_catalogue(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> None:
    with django_db_blocker.unblock():
        keep_copies("catalog", _make_catalogue)


@pytest.fixture
def catalogue(_copied_catalogue: None, db: None) -> None:
    """PER_TAG films for every feeling and PER_TAG tracks for every mood."""
    fill_by_copies("catalog")


def _make_catalogue() -> None:
    services.upsert_movies(
        [
            movie_row(1_000 * (place + 1) + number, feeling)
            for place, feeling in enumerate(FEELINGS)
            for number in range(PER_TAG)
        ]
    )
    rows = [
        track_row(1_000 * (place + 1) + number, mood) for place, mood in enumerate(Mood) for number in range(PER_TAG)
    ]
    services.upsert_tracks(rows, track_weights(rows))
