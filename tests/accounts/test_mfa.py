"""The second factor: on the pages, in an app, and in the database."""

import base64
import re

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client

from accounts.encryption.data_keys import forget_keys
from accounts.encryption.sealing import VERSION
from accounts.models import DataKey, User
from tests.accounts.phone import Phone, totp_code
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "owner@example.com"
ENTRIES = "/api/v1/entries/"
TOTP = "/account/authenticators/totp"
CODES = "/account/authenticators/recovery-codes"


def activate(phone: Phone) -> tuple[str, list[str]]:
    """The secret and the recovery codes of a second factor that is on from now on."""
    phone.log_in(EMAIL, PASSWORD)
    phone.send("post", "/auth/reauthenticate", {"password": PASSWORD})
    assert phone.send("get", TOTP) == 404
    secret = phone.body["meta"]["secret"]
    assert phone.send("post", TOTP, {"code": totp_code(secret)}) == 200
    assert phone.send("get", CODES) == 200
    return secret, phone.body["data"]["unused_codes"]


def test_app_logs_in_with_a_code_of_the_authenticator(phone: Phone, verified: User) -> None:
    secret, _codes = activate(phone)
    other = Phone()
    assert other.log_in(EMAIL, PASSWORD) == 401
    assert other.pending() == {"mfa_authenticate"}
    assert other.send("get", ENTRIES) == 401  # a password alone opens nothing
    assert other.send("post", "/auth/2fa/authenticate", {"code": "000000"}) == 400
    assert "코드가 맞지 않아요" in other.body["errors"][0]["message"]
    assert other.send("post", "/auth/2fa/authenticate", {"code": totp_code(secret, later=1)}) == 200
    assert other.send("get", ENTRIES) == 200


def test_recovery_code_works_once(phone: Phone, verified: User) -> None:
    _secret, codes = activate(phone)
    assert len(set(codes)) == 10
    for code, expected in ((codes[0], 200), (codes[0], 400), (codes[1], 200)):
        other = Phone()
        other.log_in(EMAIL, PASSWORD)
        assert other.send("post", "/auth/2fa/authenticate", {"code": code}) == expected


def test_second_factor_asks_for_the_password_again(phone: Phone, verified: User) -> None:
    phone.log_in(EMAIL, PASSWORD)
    assert phone.send("get", TOTP) == 404
    assert phone.send("post", TOTP, {"code": totp_code(phone.body["meta"]["secret"])}) == 401
    assert "reauthenticate" in {flow["id"] for flow in phone.body["data"]["flows"]}
    assert not Authenticator.objects.exists()


def test_turned_off_it_is_asked_for_no_more(phone: Phone, verified: User) -> None:
    activate(phone)
    assert phone.send("delete", TOTP) == 200
    assert not Authenticator.objects.exists()
    assert Phone().log_in(EMAIL, PASSWORD) == 200
    assert "인증 앱을 껐어요" in mail.outbox[-1].subject


def test_address_that_is_not_verified_gets_none(phone: Phone, owner: User) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=False, primary=True)
    phone.log_in(EMAIL, PASSWORD)
    phone.send("post", "/auth/reauthenticate", {"password": PASSWORD})
    assert phone.send("get", TOTP) == 409


def test_secrets_are_sealed_in_the_database(phone: Phone, verified: User) -> None:
    secret, codes = activate(phone)
    rows = list(Authenticator.objects.order_by("type").values_list("data", flat=True))
    with connection.cursor() as cursor:
        cursor.execute("SELECT * FROM mfa_authenticator")
        written = str(cursor.fetchall())
    assert secret not in written
    assert not any(code in written for code in codes)
    for row in rows:
        sealed = base64.urlsafe_b64decode(row.get("secret") or row["seed"])
        assert sealed[0] == VERSION
    forget_keys()  # as another process, that begins with nothing
    other = Phone()
    other.log_in(EMAIL, PASSWORD)
    assert other.send("post", "/auth/2fa/authenticate", {"code": codes[3]}) == 200


def test_sealed_secret_opens_with_the_key_of_its_person_alone(phone: Phone, verified: User, outsider: User) -> None:
    _secret, codes = activate(phone)
    DataKey.objects.filter(user=verified).delete()
    forget_keys()
    other = Phone()
    other.log_in(EMAIL, PASSWORD)
    assert other.send("post", "/auth/2fa/authenticate", {"code": codes[0]}) == 503
    assert "type" in other.body  # a problem document: an app reads no page


@pytest.fixture
def browser(verified: User) -> Client:
    """Somebody who has just typed the password."""
    client = Client(headers={"accept-language": "ko"})
    client.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    return client


def test_pages_from_turning_on_to_logging_in(browser: Client) -> None:
    page = browser.get("/accounts/2fa/totp/activate/")
    secret = page.context["form"].secret
    assert 'src="data:image/svg+xml' in page.text
    assert secret in page.text
    done = browser.post("/accounts/2fa/totp/activate/", {"code": totp_code(secret)}, follow=True)
    codes = re.findall(r"<code>(\d{8})</code>", done.text)
    assert len(codes) == 10
    assert browser.get("/accounts/2fa/recovery-codes/download/").text.split() == codes
    assert "10개 가운데 10개 남음" in browser.get("/accounts/2fa/").text

    other = Client(headers={"accept-language": "ko"})
    step = other.post("/accounts/login/", {"login": EMAIL, "password": PASSWORD}, follow=True)
    assert "한 걸음만 더요" in step.text
    assert other.get("/entries/").status_code == 302
    assert "코드가 맞지 않아요" in other.post("/accounts/2fa/authenticate/", {"code": "1"}).text
    other.post("/accounts/2fa/authenticate/", {"code": codes[0]})
    assert other.get("/entries/").status_code == 200
    assert "10개 가운데 9개 남음" in other.get("/accounts/2fa/").text


@pytest.mark.parametrize(
    "path",
    ["", "totp/activate/", "webauthn/", "webauthn/add/", "reauthenticate/", "recovery-codes/generate/"],
)
@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_open_in_both_languages(browser: Client, path: str, language: str) -> None:
    cache.clear()
    response = browser.get(f"/accounts/2fa/{path}", headers={"accept-language": language}, follow=True)
    assert response.status_code == 200
    assert f'lang="{language}"' in response.text


def test_pages_run_no_script_of_their_own(browser: Client) -> None:
    """The policy forbids it: a script on a page is a file, or data that nothing runs."""
    for path in ("/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", "/accounts/2fa/"):
        text = browser.get(path).text
        for attributes in re.findall(r"<script([^>]*)>", text):
            assert "src=" in attributes or 'type="application/json"' in attributes, (path, attributes)
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", text), path


def test_visitor_is_led_to_the_login(client: Client, db: None) -> None:
    for path in ("", "totp/activate/", "webauthn/add/", "recovery-codes/"):
        assert "/accounts/login/" in client.get(f"/accounts/2fa/{path}").url


def test_outsiders_passkey_is_404(browser: Client, outsider: User) -> None:
    theirs = Authenticator.objects.create(user=outsider, type="webauthn", data={"name": "x", "credential": {}})
    assert browser.get(f"/accounts/2fa/webauthn/keys/{theirs.pk}/remove/").status_code == 404
    assert browser.post(f"/accounts/2fa/webauthn/keys/{theirs.pk}/edit/", {"name": "y"}).status_code == 404
