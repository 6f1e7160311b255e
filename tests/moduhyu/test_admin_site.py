"""The admin's door, with and without a second factor asked for."""

import base64

import pytest
from allauth.mfa.models import Authenticator
from django.core.cache import cache
from django.test import Client
from pytest_django import Settings

from accounts.encryption.data_keys import seal_text
from accounts.mfa_adapter import BOUND_TO
from accounts.models import User
from tests.accounts.phone import totp_code
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db

ADMIN, PAGE = "/admin/", "/admin/catalog/movie/"
LOGIN = "/accounts/login/"


@pytest.fixture
def staff(settings: Settings) -> User:
    settings.ADMIN_SECOND_FACTOR = True
    return make_user("admin@example.com", is_staff=True, is_superuser=True)


@pytest.fixture
def browser(staff: User) -> Client:
    client = Client(headers={"accept-language": "ko"})
    client.post(LOGIN, {"login": staff.email, "password": PASSWORD})
    return client


def turn_on(user: User) -> str:
    """The secret of an authenticator app that they have from now on."""
    secret = "JBSWY3DPEHPK3PXP"
    sealed = base64.urlsafe_b64encode(seal_text(user.pk, secret, BOUND_TO)).decode()
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": sealed})
    return secret


def test_staff_without_a_second_factor_are_told_how_to_get_one(browser: Client) -> None:
    page = browser.get(PAGE, follow=True)
    assert page.status_code == 403
    assert "2단계 인증을 먼저 켜 주세요" in page.text
    assert 'href="/accounts/2fa/"' in page.text
    assert browser.get("/entries/").status_code == 200  # their own diary is open as ever
    assert browser.post(f"{PAGE}add/", {"title": "x"}).status_code == 302
    assert browser.post("/admin/login/", {"username": "admin@example.com", "password": PASSWORD}).status_code == 403


def test_log_in_with_the_second_factor_opens_the_admin(staff: User) -> None:
    secret = turn_on(staff)
    browser = Client()
    asked = browser.post(f"{LOGIN}?next={PAGE}", {"login": staff.email, "password": PASSWORD})
    assert asked.url.startswith("/accounts/2fa/authenticate/")
    assert browser.get(PAGE).status_code == 302
    browser.post(asked.url, {"code": totp_code(secret, later=1)})
    assert browser.get(PAGE).status_code == 200
    assert browser.get(f"/admin/login/?next={PAGE}").url == PAGE
    assert browser.get("/admin/login/?next=https://evil.example/").url == ADMIN
    Authenticator.objects.all().delete()  # turned off again
    assert browser.get(PAGE).status_code == 302


def test_session_from_before_shows_the_factor_first(browser: Client, staff: User) -> None:
    secret = turn_on(staff)
    lead = browser.get(PAGE, follow=True)
    assert lead.redirect_chain[-1][0] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Fcatalog%2Fmovie%2F"
    cache.clear()
    shown = browser.post(lead.redirect_chain[-1][0], {"code": totp_code(secret, later=1), "next": PAGE})
    assert shown.url == PAGE
    assert browser.get(PAGE).status_code == 200


def test_session_from_before_is_asked_for_the_passkey_that_there_is(browser: Client, staff: User) -> None:
    passkey = {"name": "x", "credential": {"clientExtensionResults": {"credProps": {"rk": True}}}}
    Authenticator.objects.create(user=staff, type=Authenticator.Type.WEBAUTHN, data=passkey)
    assert browser.get(ADMIN, follow=False).status_code == 302
    assert browser.get("/admin/login/").url == "/accounts/2fa/webauthn/reauthenticate/?next=%2Fadmin%2F"


def test_others_are_refused_as_ever(owner_client: Client, client: Client, settings: Settings) -> None:
    settings.ADMIN_SECOND_FACTOR = True
    refused = owner_client.get(PAGE, follow=True)
    assert refused.status_code == 403
    assert "2단계" not in refused.text
    assert client.get(PAGE, follow=True).redirect_chain[-1][0].startswith(LOGIN)


def test_on_ones_own_machine_a_password_is_enough(browser: Client, settings: Settings) -> None:
    settings.ADMIN_SECOND_FACTOR = False
    assert browser.get(PAGE).status_code == 200
