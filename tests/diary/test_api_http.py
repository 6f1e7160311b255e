"""The API as HTTP: methods, addresses, compression, other origins, languages, and times of other clocks."""

import gzip
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from diary.models import Entry
from tests.factories import HAPPY, PASSWORD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
NEW = {"text": HAPPY, "written_on": "2026-11-01"}
APP = "https://app.example.com"
SIGN_UP = "/_allauth/app/v1/auth/signup"


@pytest.fixture
def phone() -> Client:
    """A client with a session token, as apps have it."""
    account = {"email": "phone@example.com", "password": PASSWORD}
    token = Client().post(SIGN_UP, account, content_type="application/json").json()["meta"]["session_token"]
    return Client(headers={"x-session-token": token, "accept-language": "ko"})


@pytest.fixture
def person(phone: Client) -> User:
    """Whose phone it is."""
    return User.objects.get(email="phone@example.com")


def written_entry(person: User, text: str = HAPPY) -> str:
    return f"{ENTRIES}{make_entry(person, text).pk}/"


# --- Methods and addresses ---


@pytest.mark.parametrize("path", [ENTRIES, "/api/v1/settings/", "/api/v1/tags/", "/api/schema/"])
def test_head_says_what_get_says(phone: Client, path: str) -> None:
    same = {"x-request-id": "the-same"}
    head, get = phone.head(path, headers=same), phone.get(path, headers=same)
    assert (head.status_code, head.content) == (200, b"")
    volatile = {"Expires"}  # now, to the second
    assert head.headers.keys() == get.headers.keys()
    assert {name for name in get.headers if head[name] != get[name]} <= volatile


def test_options_names_methods_and_tells_no_fields(phone: Client, person: User) -> None:
    for path, methods in (
        (ENTRIES, {"GET", "POST", "HEAD", "OPTIONS"}),
        (written_entry(person), {"GET", "PATCH", "DELETE", "HEAD", "OPTIONS"}),
    ):
        response = phone.options(path)
        assert (response.status_code, response.content) == (200, b"")
        assert set(response["Allow"].split(", ")) >= methods
    assert Client().options(ENTRIES).status_code == 401


@pytest.mark.parametrize("method", ["post", "put", "patch", "delete"])
def test_write_without_the_last_slash_is_told_the_address_and_loses_nothing(phone: Client, method: str) -> None:
    response = getattr(phone, method)(ENTRIES.rstrip("/"), NEW, content_type="application/json")
    assert response.status_code == 404
    assert response["Content-Type"] == "application/problem+json"
    assert ENTRIES in response.json()["detail"]


def test_read_without_the_last_slash_is_led_there(phone: Client) -> None:
    response = phone.get(f"{ENTRIES.rstrip('/')}?emotion=joy")
    assert (response.status_code, response["Location"]) == (301, f"{ENTRIES}?emotion=joy")


def test_pages_lead_to_their_slash_as_before(owner_client: Client) -> None:
    assert owner_client.post("/help").status_code == 301


# --- Compression ---


def test_json_is_compressed_for_who_asks(phone: Client, person: User) -> None:
    path = written_entry(person, HAPPY * 20)
    plain, compressed = phone.get(path), phone.get(path, headers={"accept-encoding": "br, gzip"})
    assert "Content-Encoding" not in plain.headers
    assert compressed["Content-Encoding"] == "gzip"
    assert int(compressed["Content-Length"]) == len(compressed.content) < len(plain.content)
    assert gzip.decompress(compressed.content) == plain.content
    assert compressed["ETag"] == f"W/{plain['ETag']}"
    assert "Accept-Encoding" in plain["Vary"]
    assert "Accept-Encoding" in compressed["Vary"]


def test_weak_tag_of_a_compressed_answer_is_good_for_a_change(phone: Client, person: User) -> None:
    path = written_entry(person, HAPPY * 20)
    tag = phone.get(path, headers={"accept-encoding": "gzip"})["ETag"]
    response = phone.patch(path, {"tags": ["비"]}, content_type="application/json", headers={"if-match": tag})
    assert response.status_code == 200


def test_nothing_is_compressed_that_a_cookie_asked_for(owner_client: Client, owner: User) -> None:
    path = written_entry(owner, HAPPY * 20)
    for asked in (path, "/"):
        response = owner_client.get(asked, headers={"accept-encoding": "gzip"})
        assert response.status_code == 200
        assert "Content-Encoding" not in response.headers


def test_a_zip_is_not_compressed_again(phone: Client, person: User) -> None:
    written_entry(person)
    response = phone.get("/api/v1/export/", headers={"accept-encoding": "gzip"})
    assert "Content-Encoding" not in response.headers
    assert b"".join(response.streaming_content).startswith(b"PK")


# --- Other origins ---


def preflight(client: Client, origin: str, path: str = ENTRIES) -> dict[str, str]:
    asks = {"access-control-request-method": "PATCH", "access-control-request-headers": "x-session-token, if-match"}
    return dict(client.options(path, headers={"origin": origin, **asks}).headers)


def cors_headers(headers: dict[str, str]) -> set[str]:
    return {name.lower() for name in headers if name.lower().startswith("access-control")}


def test_other_origins_may_nothing_unless_named(phone: Client) -> None:
    assert cors_headers(preflight(phone, APP)) == set()
    assert cors_headers(dict(phone.get(ENTRIES, headers={"origin": APP}).headers)) == set()


def test_named_origin_may_use_the_api_with_a_token(phone: Client, settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    for path in (ENTRIES, SIGN_UP):
        allowed = preflight(Client(), APP, path)
        assert allowed["access-control-allow-origin"] == APP
        assert "PATCH" in allowed["access-control-allow-methods"]
        assert {"x-session-token", "if-match", "if-none-match", "content-type"} <= set(
            allowed["access-control-allow-headers"].split(", ")
        )
        assert "access-control-allow-credentials" not in allowed
    answer = phone.get(ENTRIES, headers={"origin": APP})
    assert answer["Access-Control-Allow-Origin"] == APP
    exposed = set(answer["Access-Control-Expose-Headers"].split(", "))
    assert {"etag", "retry-after", "location", "x-request-id"} <= exposed
    assert "origin" in answer["Vary"]


def test_named_origin_can_read_errors(settings: Settings) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    for path, status in ((ENTRIES, 401), ("/api/v1/nope/", 404)):
        answer = Client().get(path, headers={"origin": APP})
        assert (answer.status_code, answer["Access-Control-Allow-Origin"]) == (status, APP)


@pytest.mark.parametrize("origin", ["https://evil.example", "http://app.example.com", f"{APP}.evil.example", "null"])
def test_foreign_origins_and_pages_stay_closed(phone: Client, settings: Settings, origin: str) -> None:
    settings.CORS_ALLOWED_ORIGINS = [APP]
    assert cors_headers(preflight(phone, origin)) == set()
    assert cors_headers(dict(phone.get(ENTRIES, headers={"origin": origin}).headers)) == set()
    assert cors_headers(dict(phone.get("/help/", headers={"origin": APP}).headers)) == set()


# --- Languages and times ---


@pytest.mark.parametrize(
    ("asked", "answered"),
    [("en", "en"), ("en-GB,ko;q=0.5", "en"), ("ko-KR", "ko"), ("fr", "ko"), ("*", "ko"), ("", "ko")],
)
def test_language_is_the_one_asked_for_or_korean(phone: Client, asked: str, answered: str) -> None:
    response = phone.get("/api/v1/nope/", headers={"accept-language": asked})
    assert response["Content-Language"] == answered
    assert "Accept-Language" in response["Vary"]
    assert response.json()["title"] == {"ko": "찾을 수 없어요", "en": "Not found"}[answered]


@pytest.mark.parametrize(
    ("zone", "instant", "told"),
    [
        ("Asia/Seoul", datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-01T21:00:00+09:00"),
        ("Asia/Kathmandu", datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-01T17:45:00+05:45"),
        ("UTC", datetime(2026, 11, 1, 12, tzinfo=UTC), "2026-11-01T12:00:00Z"),
        # The hour that New York has twice: the offset tells which.
        ("America/New_York", datetime(2026, 11, 1, 5, 30, tzinfo=UTC), "2026-11-01T01:30:00-04:00"),
        ("America/New_York", datetime(2026, 11, 1, 6, 30, tzinfo=UTC), "2026-11-01T01:30:00-05:00"),
        # And the one that it leaves out.
        ("America/New_York", datetime(2026, 3, 8, 6, 30, tzinfo=UTC), "2026-03-08T01:30:00-05:00"),
        ("America/New_York", datetime(2026, 3, 8, 7, 30, tzinfo=UTC), "2026-03-08T03:30:00-04:00"),
    ],
)
def test_times_are_instants_by_the_persons_clock(
    phone: Client, person: User, zone: str, instant: datetime, told: str
) -> None:
    changed = phone.patch("/api/v1/settings/", {"time_zone": zone}, content_type="application/json")
    assert changed.status_code == 200
    path = written_entry(person)
    Entry.objects.update(created_at=instant)
    found = phone.get(path).json()["created_at"]
    assert found == told
    assert datetime.fromisoformat(found) == instant
    assert phone.get(ENTRIES).json()["results"][0]["created_at"] == told
    assert phone.get(path).json()["written_on"] == date(2026, 11, 1).isoformat()  # a day, of no zone
