"""The security log: a line for whatever happens to an account, which names nobody."""

import io
import json
import logging
import logging.config
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from django.conf import LazySettings, settings
from django.contrib.auth.models import Group
from django.core import mail
from django.test import Client

from accounts.models import User
from diary.portability.account import delete_everything
from moduhyu.log_context import RequestIdFilter
from tests.accounts.phone import Phone, mailed_code
from tests.accounts.test_mfa import activate
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL = "owner@example.com"
LOGIN = "/accounts/login/"
NEW_PASSWORD = "another-lamp-at-night-9"


class SecurityLog(logging.StreamHandler[io.StringIO]):
    """What the site's own formatter makes of each event."""

    def __init__(self) -> None:
        super().__init__(io.StringIO())
        configuration = dict(settings.LOGGING["formatters"]["security"])
        factory = logging.config.BaseConfigurator({}).resolve(configuration.pop("()"))  # type: ignore[no-untyped-call]
        self.setFormatter(factory(**configuration))
        self.addFilter(RequestIdFilter())

    def lines(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.stream.getvalue().splitlines()]

    def events(self) -> list[tuple[Any, ...]]:
        """Name, account and outcome of each."""
        return [(line["event"], line["account"], line["outcome"]) for line in self.lines()]

    def last(self) -> dict[str, Any]:
        return self.lines()[-1]


@pytest.fixture
def log() -> Iterator[SecurityLog]:
    handler, logger = SecurityLog(), logging.getLogger("moduhyu.security")
    logger.addHandler(handler)
    yield handler
    logger.removeHandler(handler)
    written = handler.stream.getvalue()
    assert all(secret not in written for secret in ("@", PASSWORD, NEW_PASSWORD, "127.0.0.1"))


def log_in(client: Client, password: str = PASSWORD, email: str = EMAIL) -> None:
    client.post(LOGIN, {"login": email, "password": password})


def test_who_comes_and_goes(client: Client, owner: User, log: SecurityLog) -> None:
    log_in(client)
    line = log.last()
    assert line["method"] == "password"
    assert (line["logger"], line["level"]) == ("moduhyu.security", "INFO")
    assert len(line["request_id"]) == 32
    assert datetime.fromisoformat(line["time"]).utcoffset() is not None
    client.post("/accounts/logout/")
    assert log.events() == [("login", owner.pk, "success"), ("logout", owner.pk, "success")]


def test_who_does_not_come_in(client: Client, owner: User, log: SecurityLog) -> None:
    log_in(client, "wrong")
    log_in(client, "wrong", "nobody@example.com")
    assert log.events() == [("login", owner.pk, "failure"), ("login", None, "failure")]
    for _ in range(5):
        log_in(client, "wrong")
    assert log.events()[-1] == ("login", owner.pk, "refused")
    assert log.last()["level"] == "WARNING"


def test_second_factor(phone: Phone, verified: User, log: SecurityLog) -> None:
    _secret, codes = activate(phone)
    events = log.events()
    assert ("totp_activated", verified.pk, "success") in events
    other = Phone()
    other.log_in(EMAIL, PASSWORD)
    other.send("post", "/auth/2fa/authenticate", {"code": "000000"})
    assert log.last()["method"] == "totp"
    assert log.events()[-1] == ("login", verified.pk, "failure")
    assert other.send("post", "/auth/2fa/authenticate", {"code": codes[0]}) == 200
    assert log.last()["method"] == "password+recovery_codes"
    Authenticator.objects.filter(user=verified).delete()


def test_password_and_addresses(owner_client: Client, verified: User, log: SecurityLog) -> None:
    new = {"oldpassword": PASSWORD, "password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
    owner_client.post("/accounts/password/change/", new)
    assert ("password_changed", verified.pk, "success") in log.events()
    owner_client.post("/accounts/logout/")
    owner_client.post("/accounts/password/reset/", {"email": EMAIL})
    owner_client.post("/accounts/password/reset/confirm/", {"code": "AAAA-AAAA"})
    assert log.events()[-1] == ("password_reset", verified.pk, "failure")
    owner_client.post("/accounts/password/reset/confirm/", {"code": mailed_code()})
    owner_client.post("/accounts/password/reset/complete/", {"password1": PASSWORD, "password2": PASSWORD})
    assert ("password_reset", verified.pk, "success") in log.events()
    assert mail.outbox


def test_ended_sessions(client: Client, owner: User, log: SecurityLog) -> None:
    log_in(client)
    for _ in range(2):
        log_in(Client())
    phone = Phone()
    phone.log_in(EMAIL, PASSWORD)
    phone.send("get", "/auth/sessions")
    other = next(session["id"] for session in phone.body["data"] if not session["is_current"])
    phone.send("delete", "/auth/sessions", {"sessions": [other]})
    assert log.events()[-1] == ("sessions_ended", owner.pk, "success")
    assert log.last()["count"] == 1
    log_in(client)
    client.post("/settings/sessions/end-others/")
    assert log.events()[-1] == ("sessions_ended", owner.pk, "success")


def test_end_of_an_account(owner_client: Client, owner: User, log: SecurityLog) -> None:
    account = owner.pk
    owner_client.post("/settings/delete/", {"password": "wrong"})
    owner_client.post("/settings/delete/", {"password": PASSWORD})
    assert log.events() == [("reauthentication", account, "failure"), ("account_deleted", account, "success")]


def test_an_account_that_is_not_deleted_is_not_told(owner: User, log: SecurityLog, monkeypatch: Any) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise RuntimeError

    monkeypatch.setattr(User, "delete", fail)
    with pytest.raises(RuntimeError):
        delete_everything(owner)
    assert log.events() == []


def test_limits_and_the_admin(owner_client: Client, owner: User, settings: LazySettings, log: SecurityLog) -> None:
    assert owner_client.get("/admin/", follow=True).status_code == 403
    assert log.events() == [("admin_access", owner.pk, "refused")]
    settings.API_RATES = settings.API_RATES | {"read": (1, 3600)}
    assert [owner_client.get("/api/v1/entries/").status_code for _ in range(2)] == [200, 429]
    assert log.events()[-1] == ("limit_reached", owner.pk, "refused")
    assert log.last()["route"] == "api/v1/entries/"


def test_rights_that_staff_give(client: Client, owner: User, log: SecurityLog) -> None:
    admin = User.objects.create_superuser("admin@example.com", PASSWORD)
    client.force_login(admin)
    page = f"/admin/accounts/user/{owner.pk}/change/"
    assert client.post(page, {"is_active": "on", "is_staff": "on"}).status_code == 302
    line = log.last()
    assert (line["event"], line["account"], line["by"]) == ("account_changed_by_staff", owner.pk, admin.pk)
    assert (line["fields"], line["is_staff"], line["is_superuser"]) == (["is_staff"], True, False)
    assert client.post("/admin/auth/group/add/", {"name": "curators"}).status_code == 302
    assert log.last()["group"] == Group.objects.get().pk
    new = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD, "usable_password": "true"}
    assert client.post(f"/admin/accounts/user/{owner.pk}/password/", new).status_code == 302
    assert log.events()[-1] == ("password_set_by_staff", owner.pk, "success")
    assert client.post(f"/admin/accounts/user/{owner.pk}/delete/", {"post": "yes"}).status_code == 302
    assert log.events()[-2:] == [
        ("account_deleted", owner.pk, "success"),
        ("account_deleted_by_staff", owner.pk, "success"),
    ]
