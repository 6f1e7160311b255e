"""Redis is down: whoever is logged in writes on (logging in: tests/access/test_cache.py)."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from diary.models import Entry
from tests.factories import SAD
from tests.services.process import free_port

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lost_redis(settings: Settings) -> None:
    settings.REDIS_URL = f"redis://127.0.0.1:{free_port()}/0"
    settings.CACHES = {"default": {"BACKEND": "moduhyu.cache.RedisOrMemoryCache", "LOCATION": settings.REDIS_URL}}


def test_entry_is_saved_by_page_and_api(owner_client: Client, catalogue: None, lost_redis: None) -> None:
    form = {"text": SAD, "written_on": "2026-11-01"}
    assert owner_client.post(reverse("diary:entry-list"), form | {"tags": ""}).status_code == 302
    answer = owner_client.post("/api/v1/entries/", form, content_type="application/json")
    assert answer.status_code == 201
    assert [entry.text for entry in Entry.objects.all()] == [SAD, SAD]
