"""Log-in, sign-up and reset tell nobody who has an account, lead nowhere else, and begin a new session."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.http import HttpResponse
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.access.hashers import CountingHasher
from tests.accounts.phone import APP, Phone
from tests.factories import PASSWORD, make_entry

pytestmark = pytest.mark.django_db

LOGIN, SIGNUP, RESET = "/accounts/login/", "/accounts/signup/", "/accounts/password/reset/"
KNOWN, UNKNOWN = "owner@example.com", "nobody@example.com"
JSON = "application/json"
ELSEWHERE = [
    "https://evil.example/",
    "//evil.example/",
    "/\\evil.example/",
    "javascript:alert(1)",
    "https:evil.example",
]
NEW_PASSWORD = "another-lamp-at-night-9"


def page(path: str, **fields: str) -> Callable[[str], HttpResponse]:
    """What asks a page, with an e-mail in the fields whose value is empty."""

    def ask(email: str) -> HttpResponse:
        client = Client(headers={"accept-language": "ko"})
        return client.post(path, {name: value or email for name, value in fields.items()})

    return ask


def app(path: str, **fields: str) -> Callable[[str], HttpResponse]:
    def ask(email: str) -> HttpResponse:
        body = {name: value or email for name, value in fields.items()}
        return Client(headers={"accept-language": "ko"}).post(APP + path, body, content_type=JSON)

    return ask


QUESTIONS = {
    "log-in": page(LOGIN, login="", password="wrong"),
    "sign-up": page(SIGNUP, email="", password1=PASSWORD, password2=PASSWORD),
    "reset": page(RESET, email=""),
    "log-in of the app": app("/auth/login", email="", password="wrong"),
    "sign-up of the app": app("/auth/signup", email="", password=PASSWORD),
    "reset of the app": app("/auth/password/request", email=""),
}


def told(response: HttpResponse, email: str) -> tuple[int, str, str]:
    text = response.getvalue().decode().replace(email, "")
    text = re.sub(r'csrfmiddlewaretoken" value="\w+|"session_token": ?"\w+', "", text)
    return response.status_code, response.get("Location", ""), text


@pytest.mark.parametrize("question", QUESTIONS)
def test_known_and_unknown_addresses_get_one_answer(with_mails: None, verified: User, question: str) -> None:
    ask = QUESTIONS[question]
    assert told(ask(KNOWN), KNOWN) == told(ask(UNKNOWN), UNKNOWN)


@pytest.mark.parametrize("question", [name for name in QUESTIONS if "log-in" not in name])
def test_known_and_unknown_addresses_get_one_mail_each(with_mails: None, verified: User, question: str) -> None:
    for email in (KNOWN, UNKNOWN):
        mail.outbox.clear()
        QUESTIONS[question](email)
        assert [message.to for message in mail.outbox] == [[email]]


@pytest.mark.parametrize("question", ["log-in", "sign-up", "log-in of the app", "sign-up of the app"])
def test_known_and_unknown_addresses_cost_the_same_hashes(
    with_mails: None, verified: User, settings: Settings, question: str
) -> None:
    """Argon2 takes by far the longest of all that is done: who answers without it is known by the clock."""
    settings.PASSWORD_HASHERS = ["tests.access.hashers.CountingHasher"]
    verified.set_password(PASSWORD)
    verified.save()
    counts = []
    for email in (KNOWN, UNKNOWN):
        CountingHasher.count = 0
        QUESTIONS[question](email)
        counts.append(CountingHasher.count)
    assert counts[0] == counts[1] > 0


@pytest.mark.parametrize("target", ELSEWHERE)
def test_log_in_log_out_and_language_lead_nowhere_else(owner: User, target: str) -> None:
    client = Client()
    answers = [
        client.post("/i18n/setlang/", {"language": "en", "next": target}),
        client.post("/i18n/setlang/", {"language": "en"}, headers={"referer": target}),
        client.post(f"{LOGIN}?next={target}", {"login": KNOWN, "password": PASSWORD, "next": target}),
        client.get(f"{LOGIN}?next={target}"),
        client.post(f"/accounts/reauthenticate/?next={target}", {"password": PASSWORD, "next": target}),
        client.post(f"/accounts/logout/?next={target}", {"next": target}),
        client.post(
            f"{SIGNUP}?next={target}", {"email": UNKNOWN, "password1": PASSWORD, "password2": PASSWORD, "next": target}
        ),
    ]
    assert [answer.status_code for answer in answers] == [302] * len(answers)
    assert [answer.url for answer in answers if not re.match(r"/(?![/\\])", answer.url)] == []


def test_forged_host_gets_no_mail_sent(settings: Settings, verified: User) -> None:
    settings.ALLOWED_HOSTS = ["diary.example.com"]
    mail.outbox.clear()
    for headers in ({"host": "evil.example"}, {"host": "diary.example.com@evil.example"}):
        assert Client().post(RESET, {"email": KNOWN}, headers=headers).status_code == 400
    assert mail.outbox == []
    headers = {"host": "diary.example.com", "x-forwarded-host": "evil.example", "forwarded": "host=evil.example"}
    assert Client().post(RESET, {"email": KNOWN}, headers=headers).status_code == 302
    assert "evil.example" not in mail.outbox[0].body


def test_session_of_a_visitor_is_not_that_of_who_logs_in(owner: User) -> None:
    """Nobody gets in by a session that they have put into another's browser."""
    browser, thief = Client(), Client()
    browser.post(RESET, {"email": UNKNOWN})  # a session begins
    before = browser.cookies["sessionid"].value
    thief.cookies["sessionid"] = before
    browser.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
    assert browser.cookies["sessionid"].value != before
    assert thief.get("/entries/").status_code == 302
    assert browser.get("/entries/").status_code == 200


@pytest.mark.parametrize("change", ["change", "reset"])
def test_new_password_ends_every_other_session(verified: User, change: str) -> None:
    make_entry(verified)
    browser, thief, phone = Client(), Client(), Phone()
    for client in (browser, thief):
        client.post(LOGIN, {"login": KNOWN, "password": PASSWORD})
    phone.log_in(KNOWN, PASSWORD)
    before = browser.cookies["sessionid"].value
    new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    if change == "change":
        browser.post("/accounts/password/change/", {"oldpassword": PASSWORD, **new})
        assert browser.get("/entries/").status_code == 200
        assert browser.cookies["sessionid"].value != before
    else:
        other = Client()
        other.post(RESET, {"email": KNOWN})
        code = re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[-1].body, re.MULTILINE)
        assert code
        other.post("/accounts/password/reset/confirm/", {"code": code[0]})
        other.post("/accounts/password/reset/complete/", new)
        assert browser.get("/entries/").status_code == 302
    assert thief.get("/entries/").status_code == 302
    assert phone.send("get", "/api/v1/entries/") == 401
