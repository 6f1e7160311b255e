"""Where a person is logged in, and the end of it."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts import sessions
from accounts.devices import device_of
from accounts.models import User
from accounts.session_store import stored_key
from tests.accounts.phone import USER_AGENT, Phone
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "owner@example.com"
PAGE = "/settings/sessions/"
ENTRIES = "/api/v1/entries/"
SESSIONS = "/auth/sessions"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)


def open_browser(user_agent: str = CHROME) -> Client:
    client = Client(headers={"accept-language": "ko", "user-agent": user_agent})
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    return client


def test_page_lists_browser_and_phone(owner: User, phone: Phone) -> None:
    browser = open_browser()
    phone.log_in(EMAIL, PASSWORD)
    page = browser.get(PAGE).text
    assert page.index("Chrome, Windows") < page.index("iPhone")  # this device first
    assert page.count("지금 이 기기") == 1
    assert "127.0.0.1" in page


def test_page_is_linked_from_the_settings(owner_client: Client) -> None:
    page = owner_client.get("/settings/").text
    assert f'href="{PAGE}"' in page
    assert 'href="/accounts/2fa/"' in page
    assert owner_client.get("/accounts/sessions/").url == PAGE


def test_ended_session_of_a_phone_is_401_at_once(owner: User, phone: Phone) -> None:
    browser = open_browser()
    phone.log_in(EMAIL, PASSWORD)
    assert phone.send("get", ENTRIES) == 200
    theirs = UserSession.objects.get(session_key=stored_key(phone.token))
    assert browser.post(f"{PAGE}{theirs.pk}/end/").status_code == 302
    assert phone.send("get", ENTRIES) == 401
    assert browser.get(PAGE).text.count('class="session"') == 1


def test_phone_ends_the_session_of_a_browser(owner: User, phone: Phone) -> None:
    browser = open_browser()
    phone.log_in(EMAIL, PASSWORD)
    assert phone.send("get", SESSIONS) == 200
    listed = {session["user_agent"]: session for session in phone.body["data"]}
    assert listed[USER_AGENT]["is_current"]
    assert "last_seen_at" in listed[CHROME]
    assert phone.send("delete", SESSIONS, {"sessions": [listed[CHROME]["id"]]}) == 200
    assert [session["is_current"] for session in phone.body["data"]] == [True]
    assert browser.get("/entries/").status_code == 302


def test_phone_ends_its_own_session(owner: User, phone: Phone) -> None:
    phone.log_in(EMAIL, PASSWORD)
    phone.send("get", SESSIONS)
    assert phone.send("delete", SESSIONS, {"sessions": [phone.body["data"][0]["id"]]}) == 401
    assert phone.send("get", ENTRIES) == 401


def test_ending_all_others_ends_those_too_that_are_on_no_list(owner: User, phone: Phone) -> None:
    browser, old, stranger = open_browser(), Client(), Client()
    old.force_login(owner)  # from before there was a list
    stranger.get("/accounts/password/reset/")
    phone.log_in(EMAIL, PASSWORD)
    assert browser.post(f"{PAGE}end-others/").status_code == 302
    assert browser.get("/entries/").status_code == 200
    assert old.get("/entries/").status_code == 302
    assert phone.send("get", ENTRIES) == 401
    assert UserSession.objects.count() == 1


def test_another_persons_session_is_404_and_stays(owner: User, outsider_client: Client, phone: Phone) -> None:
    phone.log_in(EMAIL, PASSWORD)
    theirs = UserSession.objects.get()
    assert outsider_client.post(f"{PAGE}{theirs.pk}/end/").status_code == 404
    outsider_client.post(f"{PAGE}end-others/")
    assert phone.send("get", ENTRIES) == 200
    assert "iPhone" not in outsider_client.get(PAGE).text


def test_outsiders_phone_cannot_end_it(owner: User, outsider: User, phone: Phone) -> None:
    browser = open_browser()
    phone.log_in("outsider@example.com", PASSWORD)
    theirs = UserSession.objects.get(user=owner)
    assert phone.send("delete", SESSIONS, {"sessions": [theirs.pk]}) == 400
    assert browser.get("/entries/").status_code == 200


@pytest.mark.parametrize("path", [PAGE, f"{PAGE}1/end/", f"{PAGE}end-others/"])
def test_visitor_is_led_to_the_login(client: Client, path: str) -> None:
    method = client.get if path == PAGE else client.post
    assert "/accounts/login/" in method(path).url


def test_nothing_is_ended_by_looking(owner_client: Client) -> None:
    assert owner_client.get(f"{PAGE}end-others/").status_code == 405
    assert owner_client.get(f"{PAGE}1/end/").status_code == 405


@pytest.mark.parametrize("count", [1, 12])
def test_list_query_count_does_not_grow(
    owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for _ in range(count):
        open_browser()
    with django_assert_num_queries(2):  # the rows, and the sessions beside them
        assert len(sessions.list_sessions(user=owner, current_key=None)) == count


def test_list_forgets_what_has_ended(owner: User) -> None:
    for _ in range(3):
        open_browser()
    keys = list(UserSession.objects.order_by("pk").values_list("session_key", flat=True))
    Session.objects.filter(pk=keys[0]).delete()
    Session.objects.filter(pk=keys[1]).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert len(sessions.list_sessions(user=owner, current_key=None)) == 1
    assert UserSession.objects.get().session_key == keys[2]
    owner.set_password("another-lamp-at-night-9")
    owner.save()
    assert sessions.list_sessions(user=owner, current_key=None) == []


def test_logging_out_forgets_device_and_address(owner: User, phone: Phone) -> None:
    browser = open_browser()
    phone.log_in(EMAIL, PASSWORD)
    browser.post("/accounts/logout/")
    assert UserSession.objects.get().user_agent == USER_AGENT
    phone.send("delete", "/auth/session")
    assert not UserSession.objects.exists()


def test_activity_costs_nothing_until_it_is_noted_again(
    owner: User, phone: Phone, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    phone.log_in(EMAIL, PASSWORD)
    long_ago = timezone.now() - timedelta(hours=5)
    UserSession.objects.update(last_seen_at=long_ago, ip="192.0.2.7")
    sessions.forget_noted()
    phone.send("get", "/api/v1/tags/")
    row = UserSession.objects.get()
    assert row.last_seen_at - long_ago > timedelta(hours=4)
    assert row.ip == "127.0.0.1"
    with django_assert_num_queries(3):  # session, user, tags: no write
        phone.send("get", "/api/v1/tags/")


def test_session_from_before_gets_onto_the_list_when_it_is_used(owner_client: Client) -> None:
    assert not UserSession.objects.exists()
    owner_client.get("/entries/")
    assert UserSession.objects.count() == 1


def test_noting_remembers_no_more_than_it_may(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "NOTED_AT_ONCE", 2)
    request = open_browser().get("/help/").wsgi_request
    for key in ("a", "b", "c"):
        sessions.note_activity(request, user=owner, session_key=key)
    assert list(sessions._noted) == [stored_key("b"), stored_key("c")]


@pytest.mark.django_db(transaction=True)
def test_use_by_an_account_that_another_device_has_just_ended_is_not_noted(owner: User) -> None:
    request = open_browser().get("/help/").wsgi_request
    User.objects.filter(pk=owner.pk).delete()
    sessions.note_activity(request, user=owner, session_key="a")
    assert not UserSession.objects.exists()


@pytest.mark.parametrize(
    ("user_agent", "words"),
    [
        (CHROME, "Chrome, Windows"),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 SamsungBrowser/27.0 Chrome/125.0 Mobile Safari/537.36",
            "Samsung Internet, Android",
        ),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) Chrome/132.0 Whale/4.30 Safari/537.36", "Whale, Mac"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0", "Firefox, Linux"),
        (USER_AGENT, "iPhone"),
        ("Rest/2.1", "Rest"),
        ("", "알 수 없는 기기"),
    ],
)
def test_device_in_words(user_agent: str, words: str) -> None:
    assert device_of(user_agent) == words
