"""Where models lie for a test (a cache, a store, a version that was fetched), and a film and a song to speak of."""

from pathlib import Path

import pytest
from pytest_django import Settings

from catalog.models import Movie, Track
from tests.diary.model_folders import NEW, make_version


@pytest.fixture
def cache(settings: Settings, tmp_path: Path) -> Path:
    """An empty cache of this site."""
    settings.MODEL_CACHE_DIR = tmp_path / "models"
    return tmp_path / "models"


@pytest.fixture
def store(settings: Settings, tmp_path: Path) -> Path:
    """An empty store that the settings name."""
    folder = tmp_path / "store"
    folder.mkdir()
    settings.MODEL_STORE = str(folder)
    return folder


@pytest.fixture
def fetched(cache: Path) -> Path:
    """Another version in the cache; nothing activated."""
    return make_version(cache / "emotion" / NEW, NEW)


@pytest.fixture
def film(catalogue: None) -> Movie:
    return Movie.objects.all()[0]


@pytest.fixture
def song(catalogue: None) -> Track:
    return Track.objects.all()[0]
