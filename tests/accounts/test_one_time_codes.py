"""A code of an authenticator app works once, for as long as it is accepted, whichever process is asked."""

import base64
import threading
import time
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.utils import timezone

from accounts.encryption.data_keys import seal_text
from accounts.mfa_adapter import BOUND_TO
from accounts.models import User
from tests.accounts.phone import PERIOD, Phone, totp_code
from tests.factories import PASSWORD

EMAIL = "owner@example.com"
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def authenticator(owner: User) -> Authenticator:
    """An app that was set up a day ago."""
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    sealed = base64.urlsafe_b64encode(seal_text(owner.pk, SECRET, BOUND_TO)).decode()
    yesterday = timezone.now() - timedelta(days=1)
    return Authenticator.objects.create(user=owner, type="totp", data={"secret": sealed}, created_at=yesterday)


def is_now(monkeypatch: pytest.MonkeyPatch, period: int) -> None:
    """Stop the clock of the server in a period."""
    monkeypatch.setattr(auth, "yield_hotp_counters_from_time", lambda: iter((period - 1, period, period + 1)))


def takes(code: str) -> bool:
    """Whether a process that remembers nothing takes the code."""
    cache.clear()
    return bool(Authenticator.objects.get(type="totp").wrap().validate_code(code))


def code_of(period: int) -> str:
    return auth.format_hotp_value(auth.hotp_value(SECRET, period))


@pytest.mark.django_db
def test_code_is_taken_once_in_all_of_its_ninety_seconds(
    authenticator: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = int(time.time()) // PERIOD
    is_now(monkeypatch, now)
    assert takes(code_of(now + 1))  # of a phone whose clock is ahead
    for later in range(3):
        is_now(monkeypatch, now + later)
        assert not takes(code_of(now + 1)), later
        assert not takes(code_of(now)), later  # older than one that was taken
    assert takes(code_of(now + 2))
    assert not takes("000000")
    assert not takes(code_of(now + 9))


@pytest.mark.django_db
def test_code_that_set_the_app_up_logs_nobody_in(authenticator: Authenticator) -> None:
    Authenticator.objects.update(created_at=timezone.now())
    period = int(timezone.now().timestamp()) // PERIOD
    assert not takes(code_of(period - 1))
    Authenticator.objects.update(created_at=timezone.now() - timedelta(seconds=2 * PERIOD))
    assert takes(code_of(period))


@pytest.mark.django_db
def test_page_and_app_take_it_once_together(authenticator: Authenticator, phone: Phone) -> None:
    browser = Client(headers={"accept-language": "ko"})
    browser.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    code = totp_code(SECRET)
    assert browser.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    assert browser.get("/entries/").status_code == 200
    cache.clear()
    phone.log_in(EMAIL, PASSWORD)
    assert phone.send("post", "/auth/2fa/authenticate", {"code": code}) == 400
    assert "코드가 맞지 않아요" in phone.body["errors"][0]["message"]
    page = browser.post("/accounts/2fa/reauthenticate/", {"code": code})
    assert "코드가 맞지 않아요" in page.text
    assert phone.send("post", "/auth/2fa/authenticate", {"code": totp_code(SECRET, later=1)}) == 200


@pytest.mark.django_db
def test_secret_is_kept_when_a_code_is_used_up(authenticator: Authenticator) -> None:
    assert takes(totp_code(SECRET))
    row = Authenticator.objects.get()
    assert row.data["secret"] == authenticator.data["secret"]
    assert set(row.data) == {"secret", "last_period"}


@pytest.mark.django_db(transaction=True)
def test_of_many_at_once_one_is_let_in(authenticator: Authenticator) -> None:
    code, begin = totp_code(SECRET), threading.Barrier(6)
    let_in: list[bool] = []

    def try_it() -> None:
        totp = Authenticator.objects.get().wrap()  # all have read the row before the first one changes it
        begin.wait()
        let_in.append(totp.validate_code(code))
        connection.close()

    threads = [threading.Thread(target=try_it) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(let_in) == [False] * 5 + [True]
