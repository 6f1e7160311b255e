"""Limits of log-ins and mails: they slow down who guesses, and keep nobody out of their own account."""

import itertools
from collections.abc import Iterator
from typing import Any

import pytest
from django.core import mail
from django.test import Client
from pytest_django import Settings

from accounts.login_limits import COOKIE
from accounts.models import User
from tests.access.test_cache import LOGIN, wrong_password
from tests.accounts.phone import APP, Phone
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

RESET = "/accounts/password/reset/"
EMAIL = "owner@example.com"


def at(address: str, **options: Any) -> Client:
    """A browser that nobody has used, at an address."""
    return Client(REMOTE_ADDR=address, headers={"accept-language": "ko"}, **options)


def log_in(client: Client) -> bool:
    """Whether the owner gets in."""
    client.post(LOGIN, {"login": EMAIL, "password": PASSWORD})
    return client.get("/entries/").status_code == 200


@pytest.fixture
def addresses() -> Iterator[str]:
    """As many as somebody has who rents machines."""
    return (f"198.51.{number // 250}.{number % 250}" for number in itertools.count())


@pytest.fixture
def few(settings: Settings) -> None:
    """Fewer tries and mails from everywhere than in truth, which would only take longer."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {
        "login_failed_anywhere": "7/h/key",
        "account_mail_anywhere": "6/h/key",
    }


@pytest.fixture
def owners_browser(owner: User) -> Client:
    """Where the owner has logged in once, and out again."""
    client = at("203.0.113.7")
    assert log_in(client)
    client.post("/accounts/logout/")
    return client


def test_guesses_from_one_address_end_after_five(owner: User) -> None:
    attacker = at("192.0.2.1")
    assert [wrong_password(attacker, EMAIL) for _ in range(6)] == [True] * 5 + [False]
    assert not log_in(attacker)


def test_guesses_at_many_accounts_from_one_address_end_after_ten() -> None:
    attacker = at("192.0.2.1")
    looked_at = [wrong_password(attacker, f"somebody{number}@example.com") for number in range(12)]
    assert looked_at == [True] * 10 + [False] * 2


def test_guesses_from_everywhere_end(few: None, owner: User, addresses: Iterator[str]) -> None:
    assert all(wrong_password(at(next(addresses)), EMAIL) for _ in range(7))
    assert not wrong_password(at(next(addresses)), EMAIL)
    assert not log_in(at(next(addresses)))


def test_an_account_that_does_not_exist_is_limited_alike(few: None, addresses: Iterator[str]) -> None:
    assert all(wrong_password(at(next(addresses)), "nobody@example.com") for _ in range(7))
    assert not wrong_password(at(next(addresses)), "nobody@example.com")


def test_attacker_elsewhere_does_not_keep_the_owner_out(owner: User) -> None:
    attacker = at("192.0.2.1")
    for _ in range(20):
        wrong_password(attacker, EMAIL)
    assert log_in(at("203.0.113.7"))
    phone = Phone()
    assert phone.log_in(EMAIL, PASSWORD) == 200


def test_attacker_at_the_same_address_does_not_keep_a_known_browser_out(owners_browser: Client) -> None:
    attacker = at("203.0.113.7")
    for number in range(12):
        wrong_password(attacker, f"somebody{number}@example.com")
        wrong_password(attacker, EMAIL)
    assert not log_in(at("203.0.113.7"))
    assert log_in(owners_browser)


def test_attackers_everywhere_do_not_keep_a_known_browser_out(
    owners_browser: Client, addresses: Iterator[str]
) -> None:
    while wrong_password(at(next(addresses)), EMAIL):
        pass
    assert log_in(owners_browser)


def test_new_password_opens_what_attackers_have_shut(few: None, verified: User, addresses: Iterator[str]) -> None:
    while wrong_password(at(next(addresses)), EMAIL):
        pass
    client = at("203.0.113.7")
    client.post(RESET, {"email": EMAIL})
    code = next(line for line in mail.outbox[-1].body.splitlines() if len(line) == 9 and line[4] == "-")
    client.post("/accounts/password/reset/confirm/", {"code": code})
    new = {"password1": "another-lamp-at-night-9", "password2": "another-lamp-at-night-9"}
    assert client.post("/accounts/password/reset/complete/", new).status_code == 302
    client.post(LOGIN, {"login": EMAIL, "password": new["password1"]})
    assert client.get("/entries/").status_code == 200


def test_known_browser_is_limited_too_and_belongs_to_one_account(owners_browser: Client, outsider: User) -> None:
    looked_at = [wrong_password(owners_browser, EMAIL) for _ in range(12)]
    assert looked_at == [True] * 10 + [False] * 2
    assert [wrong_password(owners_browser, outsider.email) for _ in range(6)] == [True] * 5 + [False]


def test_invented_cookie_is_nothing(owner: User) -> None:
    attacker = at("192.0.2.1")
    attacker.cookies[COOKIE] = "WyJhIiwgImIiXQ:1x:y"
    assert [wrong_password(attacker, EMAIL) for _ in range(6)] == [True] * 5 + [False]


def test_cookie_tells_neither_address_nor_number_and_no_script_reads_it(owners_browser: Client, owner: User) -> None:
    cookie = owners_browser.cookies[COOKIE]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    assert "owner" not in cookie.value
    assert log_in(owners_browser)
    assert owners_browser.cookies[COOKIE].value == cookie.value  # not a new name at each log-in, each with tries anew


def test_nobodys_inbox_is_flooded_and_the_owner_still_gets_a_code(
    few: None, owners_browser: Client, addresses: Iterator[str]
) -> None:
    mail.outbox.clear()
    attacker = at("192.0.2.1")
    assert [attacker.post(RESET, {"email": EMAIL}).status_code for _ in range(7)] == [302] * 5 + [429] * 2
    for _ in range(4):
        at(next(addresses)).post(RESET, {"email": EMAIL})
    assert len(mail.outbox) == 6
    assert owners_browser.post(RESET, {"email": EMAIL}).status_code == 302
    assert len(mail.outbox) == 7


def test_app_is_limited_alike(owner: User) -> None:
    request = {"data": {"email": EMAIL}, "content_type": "application/json"}
    client = at("192.0.2.1")
    answers = [client.post(f"{APP}/auth/password/request", **request).status_code for _ in range(6)]
    assert answers == [401] * 5 + [429]
