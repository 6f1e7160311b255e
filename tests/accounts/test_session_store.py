"""Sessions lie under digests: what is in the database logs nobody in."""

from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module

import pytest
from allauth.usersessions.models import UserSession
from asgiref.sync import async_to_sync
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore as PlainStore
from django.contrib.sessions.models import Session
from django.db import connection
from django.test import Client

from accounts.models import User
from accounts.session_store import STORED_LENGTH, SessionStore, stored_key
from tests.accounts.phone import Phone
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "owner@example.com"
NEW_PASSWORD = "another-lamp-at-night-9"
ENTRIES = "/api/v1/entries/"


def log_in_by_page() -> Client:
    client = Client()
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    assert client.get("/entries/").status_code == 200
    return client


def cookie_of(client: Client) -> str:
    return client.cookies[settings.SESSION_COOKIE_NAME].value


def with_cookie(key: str) -> Client:
    client = Client()
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return client


def rows() -> Iterator[str]:
    """Every row of every table, as a dump has it."""
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            yield from map(str, cursor.fetchall())


def test_dump_of_the_database_holds_no_live_key(owner: User, phone: Phone) -> None:
    browser, visitor = log_in_by_page(), Client()
    phone.log_in(EMAIL, PASSWORD)
    visitor.post("/accounts/password/reset/", {"email": EMAIL})
    change = {"current_password": PASSWORD, "new_password": NEW_PASSWORD}
    assert phone.send("post", "/account/password/change", change) == 200
    assert phone.send("get", "/auth/sessions") == 200
    keys = [cookie_of(browser), cookie_of(visitor), phone.token]
    dump = "\n".join(rows())
    assert [key in dump for key in keys] == [False] * 3
    assert [stored_key(key) in dump for key in keys] == [True] * 3


def test_key_copied_from_the_database_opens_and_ends_nothing(owner: User, phone: Phone) -> None:
    browser = log_in_by_page()
    phone.log_in(EMAIL, PASSWORD)
    stolen = {
        *Session.objects.values_list("pk", flat=True),
        *UserSession.objects.values_list("session_key", flat=True),
    }
    assert stolen == {stored_key(cookie_of(browser)), stored_key(phone.token)}
    for key in stolen:
        thief, thiefs_phone = with_cookie(key), Phone()
        thiefs_phone.token = key
        assert thief.get("/entries/").status_code == 302
        assert thiefs_phone.send("get", ENTRIES) == 401
        assert thiefs_phone.send("get", "/auth/session") == 410
        thief.cookies[settings.SESSION_COOKIE_NAME] = key
        thief.post("/accounts/logout/")
    assert browser.get("/entries/").status_code == 200
    assert phone.send("get", ENTRIES) == 200


def test_migration_logs_nobody_out(owner: User) -> None:
    browser, over = log_in_by_page(), PlainStore()
    key = cookie_of(browser)
    for model in (Session, UserSession):
        model.objects.filter(session_key=stored_key(key)).update(session_key=key)  # as it was stored before
    over.set_expiry(timedelta(seconds=-1))
    over.create()
    assert browser.get("/entries/").status_code == 302
    import_module("accounts.migrations.0005_session_digests").digest_keys(apps, None)
    assert with_cookie(key).get("/entries/").status_code == 200
    assert [row.pk for row in Session.objects.all()] == [stored_key(key)]
    assert [row.session_key for row in UserSession.objects.all()] == [stored_key(key)]


def test_new_password_leaves_the_list_with_one_device(owner: User, phone: Phone) -> None:
    log_in_by_page()
    phone.log_in(EMAIL, PASSWORD)
    phone.send("post", "/account/password/change", {"current_password": PASSWORD, "new_password": NEW_PASSWORD})
    assert phone.send("get", "/auth/sessions") == 200
    assert [session["is_current"] for session in phone.body["data"]] == [True]


def test_stored_key_fits_both_columns() -> None:
    assert len(stored_key("a" * 32)) == STORED_LENGTH
    for model in (Session, UserSession):
        assert model._meta.get_field("session_key").max_length == STORED_LENGTH


def test_life_of_a_session() -> None:
    session = SessionStore()
    session["who"] = "me"
    session.save()
    first = session.session_key or ""
    assert Session.objects.get().pk == stored_key(first)
    again = SessionStore(first)
    assert (again["who"], again.exists(first)) == ("me", True)
    again.cycle_key()
    again.save()
    assert (again.exists(first), Session.objects.count()) == (False, 1)
    second = again.session_key or ""
    assert SessionStore(second)["who"] == "me"
    again.flush()
    assert (again.session_key, Session.objects.exists()) == (None, False)
    again.delete()  # nothing is there to delete


def test_life_of_a_session_without_waiting() -> None:
    async def live() -> None:
        session = SessionStore()
        await session.aset("who", "me")
        await session.asave()
        first = session.session_key or ""
        again = SessionStore(first)
        assert await again.aget("who") == "me"
        assert await again.aexists(first)
        await again.acycle_key()
        await again.asave()
        assert not await again.aexists(first)
        assert await SessionStore(again.session_key).aget("who") == "me"
        assert [row.pk async for row in Session.objects.all()] == [stored_key(again.session_key or "")]
        await again.aflush()
        assert not await Session.objects.aexists()
        await again.adelete()

    async_to_sync(live)()
