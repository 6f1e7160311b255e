"""Requests that no browser and no app sends: rare codecs, odd cookies, JSON that is none, bodies that break off."""

import json
from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry
from tests.factories import PASSWORD, make_entry
from tests.hostile.wsgi import send

pytestmark = pytest.mark.django_db

HEADLESS = "/_allauth/app/v1"
JSON = "application/json"
REAL = pytest.mark.django_db(transaction=True)  # a server's request ends its transactions itself
CODECS = ("hex", "zip", "utf-7", "unicode_escape", "raw_unicode_escape", "undefined", "idna", "punycode", "utf-16")
HALF = b"\\ud800 +2AA- \xff"  # half a surrogate pair, as three of these codecs spell it


def form(**fields: bytes) -> bytes:
    """A multipart form with the boundary B."""
    parts = (
        b'--B\r\nContent-Disposition: form-data; name="%s"\r\n\r\n%s\r\n' % (n.encode(), v) for n, v in fields.items()
    )
    return b"".join(parts) + b"--B--\r\n"


@REAL
@pytest.mark.parametrize("query", ["q=%EA%B0%80%5Cud800%2B2AA-%FF", "from=%80%5Cud800"])
def test_addresses_are_utf8_whatever_the_type_claims(owner_client: Client, query: str) -> None:
    for codec in CODECS:
        status = send(
            "GET", "/entries/", client=owner_client, query=query, content_type=f"text/plain; charset={codec}"
        )
        assert status == 200, codec


@REAL
@pytest.mark.parametrize("path", ["/entries/", "/accounts/login/", "/import/"])
def test_forms_in_other_charsets_are_refused(owner_client: Client, path: str) -> None:
    body = form(text=HALF, written_on=b"2026-11-01", tags=HALF, login=HALF, password=HALF)
    for codec in (*CODECS, "euc-kr"):
        content_type = f"multipart/form-data; boundary=B; charset={codec}"
        assert send("POST", path, body, client=owner_client, content_type=content_type) == 400, codec
    assert not Entry.objects.exists()


@REAL
def test_forms_in_utf8_may_say_so(owner_client: Client) -> None:
    body = form(text="하루".encode(), written_on=b"2026-11-01")
    content_type = 'multipart/form-data; charset="UTF-8"; boundary="B"'
    assert send("POST", "/entries/", body, client=owner_client, content_type=content_type) == 302
    assert Entry.objects.get().text == "하루"


@pytest.mark.parametrize("value", ["abcdefgh\\000ij", "abcdefgh\\355\\240\\200ij", "a" * 5_000])
@pytest.mark.parametrize("path", ["/entries/", "/api/v1/entries/", "/accounts/login/", f"{HEADLESS}/config"])
def test_cookies_that_nobody_set(db: None, value: str, path: str) -> None:
    cookies = "; ".join(f'{name}="{value}"' for name in ("sessionid", "csrftoken", "messages", "django_language"))
    assert Client().get(path, headers={"cookie": cookies}).status_code in {200, 302, 401}


def headless_bodies() -> Iterator[bytes]:
    yield from (b"\xff", b"[" * 100_000, b'{"email":' * 50_000, b"[]", b"null", b'{"email": 1e999}', b'{"email": NaN}')
    yield b'{"email": ' + b"9" * 5_000 + b"}"
    for value in (
        '"\\ud800aaaaaaaaaaa"',
        '"a\\u0000aaaaaaaaaaa"',
        "99999999999999999999999",
        '{"a": []}',
        '[{"a": 1}]',
    ):
        names = ("login", "email", "password", "current_password", "new_password", "code", "key", "credential", "name")
        others = ("provider", "process", "token", "sessions", "authenticators", "id")
        yield b"{" + ", ".join(f'"{name}": {value}' for name in (*names, *others)).encode() + b"}"
        yield f'{{"email": "owner@example.com", "password": {value}, "new_password": {value}}}'.encode()


HEADLESS_PATHS = (
    *("auth/login", "auth/signup", "auth/reauthenticate", "auth/email/verify", "auth/password/request"),
    *("auth/password/reset", "auth/provider/token", "auth/2fa/authenticate", "auth/webauthn/login", "auth/sessions"),
    *("account/email", "account/password/change", "account/authenticators/totp", "account/authenticators/webauthn"),
)


def test_accounts_api_reads_only_json_that_fits(owner: User) -> None:
    login = {"email": owner.email, "password": PASSWORD}
    token = (
        Client().post(f"{HEADLESS}/auth/login", json.dumps(login), content_type=JSON).json()["meta"]["session_token"]
    )
    for path in HEADLESS_PATHS:
        for body in headless_bodies():
            for method in ("DELETE",) if path == "auth/sessions" else ("POST",):
                cache.clear()  # what is tested is no limit of attempts
                headers = {"x-session-token": token}
                answer = Client().generic(method, f"{HEADLESS}/{path}", body, content_type=JSON, headers=headers)
                assert 400 <= answer.status_code < 500 or answer.json()["status"] == 200, (path, body[:60])
    assert list(User.objects.values_list("email", flat=True)) == [owner.email]
    assert Client().login(email=owner.email, password=PASSWORD)


@pytest.mark.parametrize("value", [2**63, 2**64, -(2**63) - 1, 10**300, -0.0, 1e308, "\ud800", "\x00", [[]], {"": {}}])
@pytest.mark.parametrize("name", ["text", "written_on", "tags", "id", "\ud800", "\u202e", "x" * 10_000])
def test_errors_that_quote_a_body_are_json(owner_api: APIClient, name: str, value: object) -> None:
    body = json.dumps({"text": "하루", "written_on": "2026-11-01"} | {name: value})
    answer = owner_api.post("/api/v1/entries/", body, content_type=JSON)
    assert answer.status_code in {201, 400}
    assert answer.json()
    batch = json.dumps({"operations": [{"method": name, "body": value, "id": value}, value]})
    assert owner_api.post("/api/v1/entries/batch/", batch, content_type=JSON).status_code < 500


@pytest.mark.parametrize("encoding", ["gzip", "br", "deflate, gzip", "x" * 1_000])
def test_compressed_bodies_are_no_json(owner_api: APIClient, encoding: str) -> None:
    answer = owner_api.post(
        "/api/v1/entries/", b"\x1f\x8b" + bytes(100), content_type=JSON, headers={"content-encoding": encoding}
    )
    assert answer.status_code == 400


BROKEN = {
    "form": ("/entries/", b"written_on=2026-11-01&text=first+half", "application/x-www-form-urlencoded"),
    "multipart": ("/entries/", form(written_on=b"2026-11-01", text=b"first half"), "multipart/form-data; boundary=B"),
    "table": ("/api/v1/import/", b"full_date,mood,note\n2026-11-01,rad,first half\n", "text/csv"),
    "json": ("/api/v1/entries/", b'{"text": "first half", "written_on": "2026-11-01"}', JSON),
}


@REAL
@pytest.mark.parametrize("kind", BROKEN)
@pytest.mark.parametrize("missing", [0, 1, 500_000])
def test_half_of_a_body_is_never_saved(owner_client: Client, kind: str, missing: int) -> None:
    path, body, content_type = BROKEN[kind]
    length = len(body) + missing
    status = send("POST", path, body, client=owner_client, content_type=content_type, length=length)
    assert status // 100 == (4 if missing else 3 if path == "/entries/" else 2)
    assert Entry.objects.count() == (0 if missing else 1)


@REAL
def test_half_of_a_body_is_no_error_of_ours_at_the_entrance(client: Client) -> None:
    path, body = "/_allauth/app/v1/auth/login", b'{"email": "me@example.com"'
    assert send("POST", path, body, client=client, content_type=JSON, length=500) == 400


@pytest.mark.parametrize(
    "path",
    [
        "/recommendations/99999999999999999999999/feedback/",
        "/settings/sessions/99999999999999999999999/end/",
        "/api/v1/recommendations/99999999999999999999999/feedback/",
        "/calendar/0000-00/",
        "/entries/%00/",
        "/reminder/off/%00:x:y/",
        "/accounts/confirm-email/%00/",
    ],
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE", "TRACE", "PROPFIND", "X" * 1_000])
def test_addresses_of_nothing(owner_client: Client, owner: User, path: str, method: str) -> None:
    make_entry(owner)
    assert owner_client.generic(method, path).status_code in {302, 403, 404, 405}
    assert Entry.objects.count() == 1
