"""A database that is read-only, full or lost: said in words with 503, nothing half-written, and the text is kept."""

import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from accounts.sessions import forget_noted
from diary import services
from diary.models import ChangeClock, Entry, Tombstone
from tests.factories import HAPPY, SAD
from tests.faults.outages import OUTAGES, out_of_reach, read_only

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
LONG = (HAPPY * 2_000)[:90_000]  # more than what is left of any page
FORM = {"text": LONG, "written_on": "2026-11-01", "tags": ""}
NOT_SAVED, NOT_SHOWN = "지금은 저장하지 못해요", "지금은 보여 드리지 못해요"
Outage = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY)[0]


@pytest.fixture
def client_of_owner(owner_client: Client) -> Client:
    """As a server answers: what a middleware meets is not raised in the test."""
    owner_client.raise_request_exception = False
    owner_client.get("/")  # its session is open and noted
    return owner_client


@pytest.mark.parametrize("outage", OUTAGES)
def test_page_says_that_nothing_is_saved_and_the_browser_keeps_the_draft(
    client_of_owner: Client, entry: Entry, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    paths = {reverse("diary:entry-list"): FORM, reverse("diary:entry-edit", args=[entry.pk]): FORM | {"revision": 1}}
    with outage():
        for path, form in paths.items():
            page = client_of_owner.post(path, form)
            assert page.status_code == 503
            assert NOT_SAVED in page.text
            assert "쓰던 글은 이 기기에 남아 있으니" in page.text
            assert page["Retry-After"] == "10"
            assert "no-store" in page["Cache-Control"]
            assert "settled_draft" not in page.cookies
            assert "X-Site-Answer" not in page  # a service worker puts the entry into its outbox
    assert [entry.text for entry in Entry.objects.all()] == [SAD]
    assert HAPPY not in caplog.text
    assert client_of_owner.post(reverse("diary:entry-list"), FORM).status_code == 302
    assert Entry.objects.count() == 2


@pytest.mark.parametrize("outage", OUTAGES)
def test_api_says_that_nothing_is_saved_and_a_retry_saves_once(
    owner_api: APIClient, entry: Entry, outage: Outage, caplog: pytest.LogCaptureFixture
) -> None:
    body = {"text": LONG, "written_on": "2026-11-01", "id": str(uuid.uuid4())}
    match = {"if-match": '"1"', "accept-language": "ko"}
    with outage():
        answers = [
            owner_api.post(ENTRIES, body, format="json"),
            owner_api.patch(f"{ENTRIES}{entry.pk}/", {"text": LONG}, format="json", headers=match),
        ]
    for answer in answers:
        assert (answer.status_code, answer["Content-Type"]) == (503, "application/problem+json")
        assert answer.json()["type"] == "urn:moduhyu:unavailable"
        assert "조금 뒤에 그대로 다시 보내 주세요" in answer.json()["detail"]
        assert answer["Retry-After"] == "10"
    assert HAPPY not in caplog.text
    assert [owner_api.post(ENTRIES, body, format="json").status_code for _ in range(2)] == [201, 200]


def test_read_only_deletes_nothing_and_still_shows_everything(
    client_of_owner: Client, owner_api: APIClient, entry: Entry
) -> None:
    forget_noted()  # so that the session's use would be noted by the next page
    with read_only():
        for path in ("/", reverse("diary:entry-list"), reverse("diary:entry-detail", args=[entry.pk])):
            assert client_of_owner.get(path).status_code == 200
        assert owner_api.get(f"{ENTRIES}{entry.pk}/").json()["text"] == SAD
        synced = owner_api.get(ENTRIES, {"updated_since": "1970-01-01T00:00:00Z"}).json()
        assert [changed["text"] for changed in synced["results"]] == [SAD]
        assert owner_api.delete(f"{ENTRIES}{entry.pk}/", headers={"if-match": "*"}).status_code == 503
        page = client_of_owner.post(reverse("diary:entry-delete", args=[entry.pk]), {"revision": "1"})
        assert page.status_code == 503
    assert Entry.objects.get().text == SAD
    assert not Tombstone.objects.exists()


def test_read_only_quiet_diary_is_told_the_last_change_it_had(owner_api: APIClient, owner: User, entry: Entry) -> None:
    long_ago = timezone.now() - timedelta(days=30)
    ChangeClock.objects.filter(user=owner).update(changed_at=long_ago)
    query = {"updated_since": long_ago.isoformat()}
    with read_only():
        told = owner_api.get(ENTRIES, query).json()["next_updated_since"]
    assert datetime.fromisoformat(told) == long_ago
    assert datetime.fromisoformat(owner_api.get(ENTRIES, query).json()["next_updated_since"]) > long_ago


def test_read_only_log_in_is_told_on_a_page_and_to_an_app(client: Client, owner: User) -> None:
    owner.set_password("rest-stop-lamp-7")
    owner.save()
    korean = {"accept-language": "ko"}
    form = {"login": owner.email, "password": "rest-stop-lamp-7"}
    body = {"email": owner.email, "password": "rest-stop-lamp-7"}
    with read_only():
        page = client.post(reverse("account_login"), form, headers=korean)
        answer = client.post("/_allauth/app/v1/auth/login", body, content_type="application/json", headers=korean)
    assert (page.status_code, NOT_SAVED in page.text) == (503, True)
    assert answer.json()["type"] == "urn:moduhyu:unavailable"


def test_lost_before_anybody_knows_who_asks(client_of_owner: Client, entry: Entry) -> None:
    """The session's middleware meets it, long before any view does."""
    with out_of_reach():
        page = client_of_owner.get(reverse("diary:entry-list"))
        answer = client_of_owner.get(ENTRIES)
    assert (page.status_code, NOT_SHOWN in page.text) == (503, True)
    assert answer.json()["type"] == "urn:moduhyu:unavailable"
    assert client_of_owner.get(reverse("diary:entry-list")).status_code == 200


def test_wrong_sql_is_no_outage(client_of_owner: Client, monkeypatch: pytest.MonkeyPatch, entry: Entry) -> None:
    """It stays a 500: nobody is told to come back for what waiting does not mend."""

    def ask_wrongly(**_options: object) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT nothing FROM nowhere")

    monkeypatch.setattr("diary.selectors.list_entries", ask_wrongly)
    assert client_of_owner.get(reverse("diary:entry-list")).status_code == 500
