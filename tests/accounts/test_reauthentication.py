"""Whoever changes what lets people in is asked once more who they are: a stolen session is not enough to come back."""

import base64

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.test import Client

from accounts.encryption.data_keys import seal_text
from accounts.mfa_adapter import BOUND_TO
from accounts.models import User
from tests.access.cast import passkey_credential
from tests.accounts.phone import Phone, totp_code
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL, OTHER = "owner@example.com", "other@example.com"
EMAILS = "/accounts/email/"
NEW_PASSWORD = "another-lamp-at-night-9"
SET_PASSWORD = "/accounts/password/set/"
FIRST_PASSWORD = {"password1": NEW_PASSWORD, "password2": NEW_PASSWORD}
SECRET = "JBSWY3DPEHPK3PXP"


@pytest.fixture
def logged_in(verified: User) -> Client:
    client = Client(headers={"accept-language": "ko"})
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    return client


@pytest.fixture
def without_password(logged_in: Client, verified: User) -> Client:
    """Somebody who has an account elsewhere, and no password here."""
    verified.set_unusable_password()
    verified.save()
    logged_in.force_login(verified)
    return logged_in


def addresses() -> set[str]:
    return set(EmailAddress.objects.values_list("email", flat=True))


def add_factor(user: User, kind: str) -> None:
    sealed = base64.urlsafe_b64encode(seal_text(user.pk, SECRET, BOUND_TO)).decode()
    data = {"totp": {"secret": sealed}, "webauthn": {"name": "휴대전화", "credential": passkey_credential()}}[kind]
    row = Authenticator.objects.create(user=user, type=kind, data=data)
    Authenticator.objects.update(created_at=row.created_at.replace(year=2025))


def test_page_adds_an_address_after_the_password(logged_in: Client) -> None:
    asked = logged_in.post(EMAILS, {"action_add": "", "email": OTHER}, follow=True)
    assert asked.redirect_chain[-1][0] == f"/accounts/reauthenticate/?next={EMAILS.replace('/', '%2F')}"
    assert "한 번만 더 확인할게요" in asked.text
    assert addresses() == {EMAIL}
    assert "비밀번호" in logged_in.post("/accounts/reauthenticate/", {"password": "wrong", "next": EMAILS}).text
    assert addresses() == {EMAIL}
    done = logged_in.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": EMAILS})
    assert (done.status_code, done.url) == (302, EMAILS)
    assert addresses() == {EMAIL, OTHER}  # what was asked for is done, and need not be typed again


@pytest.mark.parametrize("action", ["action_primary", "action_remove"])
def test_page_asks_before_an_address_is_moved_or_removed(logged_in: Client, verified: User, action: str) -> None:
    EmailAddress.objects.create(user=verified, email=OTHER, verified=True)
    assert "/accounts/reauthenticate/" in logged_in.post(EMAILS, {action: "", "email": OTHER}).url
    assert EmailAddress.objects.get(email=OTHER).primary is False
    logged_in.post("/accounts/reauthenticate/", {"password": PASSWORD, "next": EMAILS})
    found = EmailAddress.objects.filter(email=OTHER)
    assert [address.primary for address in found] == ([True] if action == "action_primary" else [])


def test_app_is_told_what_to_ask_for(verified: User, phone: Phone) -> None:
    phone.log_in(EMAIL, PASSWORD)
    for method in ("post", "patch", "delete"):
        EmailAddress.objects.get_or_create(user=verified, email="third@example.com", verified=True)
        data = {"email": OTHER if method == "post" else "third@example.com", "primary": True}
        assert phone.send(method, "/account/email", data) == 401, method
        assert {"id": "reauthenticate"} in phone.body["data"]["flows"]
        assert phone.body["meta"]["is_authenticated"]
    assert addresses() == {EMAIL, "third@example.com"}
    assert phone.send("post", "/auth/reauthenticate", {"password": PASSWORD}) == 200
    assert phone.send("post", "/account/email", {"email": OTHER}) == 200
    assert OTHER in addresses()


@pytest.mark.parametrize(
    ("kind", "asks"), [("totp", "/accounts/2fa/reauthenticate/"), ("webauthn", "webauthn/reauth")]
)
def test_first_password_asks_for_the_second_factor(
    without_password: Client, verified: User, kind: str, asks: str
) -> None:
    add_factor(verified, kind)
    for answer in (without_password.get(SET_PASSWORD), without_password.post(SET_PASSWORD, FIRST_PASSWORD)):
        assert asks in answer.url
    verified.refresh_from_db()
    assert not verified.has_usable_password()
    assert "한 번만 더 확인할게요" in without_password.get(answer.url).text
    if kind == "totp":
        without_password.post("/accounts/2fa/reauthenticate/", {"code": totp_code(SECRET), "next": SET_PASSWORD})
        verified.refresh_from_db()
        assert verified.check_password(NEW_PASSWORD)


def test_app_sets_a_first_password_after_the_second_factor(
    without_password: Client, verified: User, phone: Phone
) -> None:
    add_factor(verified, "totp")
    phone.token = without_password.session.session_key or ""
    change = {"new_password": NEW_PASSWORD}
    assert phone.send("post", "/account/password/change", change) == 401
    assert {"id": "mfa_reauthenticate", "types": ["totp"]} in phone.body["data"]["flows"]
    assert phone.send("post", "/auth/2fa/reauthenticate", {"code": totp_code(SECRET)}) == 200
    assert phone.send("post", "/account/password/change", change) == 200


def test_who_has_nothing_to_show_is_not_asked(without_password: Client, verified: User) -> None:
    """allauth can't ask at Kakao, Naver, Google or Apple; SECURITY.md says so."""
    assert without_password.post(SET_PASSWORD, FIRST_PASSWORD).url == SET_PASSWORD.replace("set", "change")
    verified.refresh_from_db()
    assert verified.check_password(NEW_PASSWORD)


def test_who_has_a_password_changes_it_with_that_alone(logged_in: Client, verified: User) -> None:
    assert logged_in.get(SET_PASSWORD).url == "/accounts/password/change/"
    assert logged_in.get("/accounts/password/change/").status_code == 200
