"""Everything that a mobile app does about its person's account, over the real API."""

from collections.abc import Iterator
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.cache import cache
from django.urls import URLPattern, get_resolver

from accounts.models import User
from tests.accounts.phone import Phone, mailed_code
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "owner@example.com"
NEW_PASSWORD = "another-lamp-at-night-9"
ENTRIES = "/api/v1/entries/"


def test_sign_up_verify_by_code_and_write(phone: Phone, with_mails: None) -> None:
    assert phone.send("post", "/auth/signup", {"email": "new@example.com", "password": PASSWORD}) == 401
    assert phone.pending() == {"verify_email"}
    assert phone.send("get", ENTRIES) == 401  # nobody is logged in before the address is verified
    assert phone.send("post", "/auth/email/verify", {"key": "WRON-GONE"}) == 400
    assert phone.send("post", "/auth/email/verify", {"key": mailed_code()}) == 200
    assert phone.body["data"]["user"]["email"] == "new@example.com"
    assert phone.send("post", ENTRIES, {"text": "첫 줄이다.", "written_on": "2026-11-01"}) == 201
    assert EmailAddress.objects.get().verified


def test_sign_up_without_verification_is_logged_in_at_once(phone: Phone) -> None:
    assert phone.send("post", "/auth/signup", {"email": "new@example.com", "password": PASSWORD}) == 200
    assert phone.send("get", ENTRIES) == 200


def test_address_of_nobody_here_is_refused_in_the_readers_words(phone: Phone, verified: User) -> None:
    phone.log_in(EMAIL, PASSWORD)
    refused = {"message": "이 계정에 없는 이메일 주소예요.", "code": "unknown_email", "param": "email"}
    for method in ("put", "patch", "delete"):
        assert phone.send(method, "/account/email", {"email": "other@example.com", "primary": True}) == 400
        assert phone.body["errors"] == [refused]


def test_code_can_be_sent_again(phone: Phone, with_mails: None) -> None:
    phone.send("post", "/auth/signup", {"email": "new@example.com", "password": PASSWORD})
    first = mailed_code()
    cache.clear()  # ten seconds later
    assert phone.send("post", "/auth/email/verify/resend") == 200
    assert mailed_code() != first
    assert phone.send("post", "/auth/email/verify", {"key": mailed_code()}) == 200


def test_third_wrong_code_ends_the_sign_up(phone: Phone, with_mails: None) -> None:
    phone.send("post", "/auth/signup", {"email": "new@example.com", "password": PASSWORD})
    code = mailed_code()
    for _ in range(3):
        assert phone.send("post", "/auth/email/verify", {"key": "WRON-GONE"}) == 400
    assert phone.send("post", "/auth/email/verify", {"key": code}) == 409


def test_sign_up_tells_nobody_that_an_address_has_an_account(phone: Phone, verified: User, with_mails: None) -> None:
    answers = []
    for email in (EMAIL, "nobody@example.com"):
        phone = Phone()
        phone.send("post", "/auth/signup", {"email": email, "password": PASSWORD})
        answers.append((phone.status, phone.body["data"], phone.body["meta"]["is_authenticated"]))
    assert answers[0] == answers[1]
    assert [message.to for message in mail.outbox] == [[EMAIL], ["nobody@example.com"]]
    assert "이미 가입한 계정이 있어요" in mail.outbox[0].body


def test_reset_and_login_tell_nobody_that_an_address_has_an_account(verified: User) -> None:
    answers: dict[str, list[tuple[int, Any]]] = {"login": [], "request": [], "reset": []}
    for email in (EMAIL, "nobody@example.com"):
        phone = Phone()
        answers["login"].append((phone.log_in(email, "wrong"), phone.body))
        phone.send("post", "/auth/password/request", {"email": email})
        answers["request"].append((phone.status, phone.body["data"]))
        phone.send("post", "/auth/password/reset", {"key": "WRON-GONE", "password": NEW_PASSWORD})
        answers["reset"].append((phone.status, phone.body))
    assert all(first == second for first, second in answers.values())


def test_log_in_and_out(phone: Phone, owner: User) -> None:
    assert phone.log_in(EMAIL, "wrong") == 400
    assert "맞지 않아요" in phone.body["errors"][0]["message"]
    assert phone.log_in(EMAIL, PASSWORD) == 200
    assert phone.send("get", "/auth/session") == 200
    assert phone.send("get", ENTRIES) == 200
    assert phone.send("delete", "/auth/session") == 401  # allauth's way to say: logged out
    assert phone.send("get", ENTRIES) == 401
    assert phone.send("get", "/auth/session") == 410  # the token is gone for good


def test_log_in_counts_attempts(owner: User) -> None:
    for _ in range(5):
        assert Phone().log_in(EMAIL, "wrong") == 400
    phone = Phone()
    assert phone.log_in(EMAIL, PASSWORD) == 400
    assert phone.body["errors"][0]["code"] == "too_many_login_attempts"


def test_change_the_password(phone: Phone, owner: User) -> None:
    other = Phone()
    other.log_in(EMAIL, PASSWORD)
    phone.log_in(EMAIL, PASSWORD)
    old_token = phone.token
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert phone.send("post", "/account/password/change", {**change, "current_password": "wrong"}) == 400
    assert phone.send("post", "/account/password/change", change) == 200
    assert phone.token != old_token
    assert phone.send("get", ENTRIES) == 200
    assert other.send("get", ENTRIES) == 401  # whoever knew the old one is out
    assert Phone().log_in(EMAIL, NEW_PASSWORD) == 200


def test_reset_the_password_by_code(phone: Phone, verified: User) -> None:
    stranger = Phone()
    stranger.log_in(EMAIL, PASSWORD)
    assert phone.send("post", "/auth/password/request", {"email": EMAIL}) == 401
    assert "password_reset_by_code" in phone.pending()
    code = mailed_code()
    assert phone.send("get", "/auth/password/reset", **{"x-password-reset-key": code}) == 200
    weak = {"key": code, "password": "12345678"}
    assert phone.send("post", "/auth/password/reset", weak) == 400
    assert phone.send("post", "/auth/password/reset", weak | {"password": NEW_PASSWORD}) == 401
    assert stranger.send("get", ENTRIES) == 401
    assert phone.log_in(EMAIL, NEW_PASSWORD) == 200


def test_reset_code_works_on_the_phone_that_asked_for_it_alone(phone: Phone, verified: User) -> None:
    phone.send("post", "/auth/password/request", {"email": EMAIL})
    stolen = {"key": mailed_code(), "password": NEW_PASSWORD}
    assert Phone().send("post", "/auth/password/reset", stolen) == 409


def test_reauthenticate(phone: Phone, verified: User) -> None:
    phone.log_in(EMAIL, PASSWORD)
    cache.clear()
    assert phone.send("post", "/auth/reauthenticate", {"password": "wrong"}) == 400
    assert phone.send("post", "/auth/reauthenticate", {"password": PASSWORD}) == 200
    assert phone.body["data"]["methods"][-1]["reauthenticated"]


NOBODYS_ID = "0b5e7a52-8c1f-4d6e-9a3b-7f2d1c0e4a68"


def api_patterns(patterns: list[Any], route: str = "/api/v1/") -> Iterator[str]:
    """An address for each pattern of the API, with something in the place of every parameter."""
    for pattern in patterns:
        here = route + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            for kind, value in (("<uuid:", NOBODYS_ID), ("<int:", "1"), ("<str:", "joy"), ("<slug:", "joy")):
                while kind in here:
                    begin = here.index(kind)
                    here = here[:begin] + value + here[here.index(">", begin) + 1 :]
            yield here
        else:
            yield from api_patterns(pattern.url_patterns, here)


API_PATHS = sorted(set(api_patterns(get_resolver("diary.api.urls").url_patterns)))
METHODS = ("get", "post", "put", "patch", "delete")


def test_the_walk_meets_the_whole_api() -> None:
    assert len(API_PATHS) >= 10
    assert not [path for path in API_PATHS if "<" in path]


@pytest.mark.parametrize("path", API_PATHS)
def test_token_of_a_login_opens_every_endpoint(phone: Phone, owner: User, path: str) -> None:
    visitor = Phone()
    phone.log_in(EMAIL, PASSWORD)
    for method in METHODS:
        status = phone.send(method, path, {} if method in {"post", "put", "patch"} else None)
        assert status not in {401, 403, 500}, (method, path, phone.body)
        if status != 405:
            assert visitor.send(method, path, {} if method != "get" else None) == 401, (method, path)


@pytest.mark.parametrize("token", ["unknown", "a" * 5000, ""])
def test_wrong_token_is_401(phone: Phone, db: None, token: str) -> None:
    phone.token = token
    assert phone.send("get", ENTRIES) == 401
