"""What was read in an entry, and reading it again."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, Settings
from rest_framework.test import APIClient

from accounts.models import User
from diary import analysis, services
from diary.models import Analysis, Entry, Recommendation
from ml.labels import Emotion
from tests.factories import SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
LONG_AGO = timezone.now() - timedelta(days=3)


def url_of(entry: Entry) -> str:
    return f"/api/v1/entries/{entry.pk}/analysis/"


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    """An entry that an older model read as joy, days ago."""
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    Analysis.objects.update(label="joy", model_version="old", analyzed_at=LONG_AGO)
    return entry


def shown(entry: Entry) -> list[int]:
    current = Recommendation.objects.current().filter(entry=entry)
    return sorted(current.values_list("pk", flat=True))


def test_read(owner: User, owner_api: APIClient, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    answer = owner_api.get(url_of(entry))
    assert answer.status_code == 200
    assert answer.json() == owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["analysis"]
    assert answer.json()["label"] == "sadness"


@pytest.mark.parametrize("status", [Entry.Status.PENDING, Entry.Status.FAILED])
def test_read_while_unread_answers_409(owner: User, owner_api: APIClient, status: str) -> None:
    answer = owner_api.get(url_of(make_entry(owner, status=status)))
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")


def test_again_reads_with_the_model_in_use(owner_api: APIClient, entry: Entry) -> None:
    before = shown(entry)
    answer = owner_api.post(url_of(entry))
    assert answer.status_code == 200
    read = answer.json()
    assert (read["label"], read["model_version"]) == ("sadness", analysis.get_predictor().model_version)
    assert owner_api.get(url_of(entry)).json() == read
    entry.refresh_from_db()
    assert (entry.status, entry.revision) == (Entry.Status.ANALYZED, 1)
    assert shown(entry) == before  # it was answered as sadness, and still is


def test_again_leaves_a_correction(owner_api: APIClient, entry: Entry) -> None:
    services.correct_emotion(entry=entry, emotion=Emotion.ANGER)
    before = shown(entry)
    assert owner_api.post(url_of(entry)).json()["label"] == "sadness"
    read = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()
    assert (read["correction"]["label"], read["revision"]) == ("anger", 2)
    assert shown(entry) == before


def test_again_of_an_unread_entry(owner: User, owner_api: APIClient, catalogue: None) -> None:
    entry = make_entry(owner, status=Entry.Status.FAILED)
    assert owner_api.post(url_of(entry)).json()["label"] == "sadness"
    assert len(shown(entry)) == 12


def test_again_without_a_model_keeps_what_was_read(
    owner: User, owner_api: APIClient, entry: Entry, settings: Settings, tmp_path: Path
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path / "none"
    answer = owner_api.post(url_of(entry))
    assert answer.status_code == 202
    assert answer.json() == {"status": "analyzed", "analyzed_at": timezone.localtime(LONG_AGO).isoformat()}
    assert owner_api.get(url_of(entry)).json()["model_version"] == "old"
    unread = make_entry(owner, written_on=DAY)
    answer = owner_api.post(url_of(unread))
    assert (answer.status_code, answer.json()) == (202, {"status": "failed", "analyzed_at": None})


def test_page_reads_an_analysed_entry_again(owner_client: Client, entry: Entry) -> None:
    owner_client.post(f"/entries/{entry.pk}/analyze/")
    assert Analysis.objects.get().label == "sadness"


@pytest.mark.parametrize("method", ["get", "post"])
def test_outsider_404_anonymous_401(outsider_api: APIClient, entry: Entry, method: str) -> None:
    for api, status in ((outsider_api, 404), (APIClient(), 401)):
        answer = getattr(api, method)(url_of(entry))
        assert (answer.status_code, answer["Content-Type"]) == (status, "application/problem+json")
    assert Analysis.objects.get().model_version == "old"


def test_read_query_count(
    owner_api: APIClient, entry: Entry, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_max_num_queries(4):  # the entry, its tags, its recommendations, the key
        assert owner_api.get(url_of(entry)).status_code == 200
