"""Logging in with an account elsewhere, against a provider on this machine."""

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialAccount, SocialToken
from allauth.socialaccount.providers.apple.views import AppleOAuth2Adapter
from allauth.socialaccount.providers.google import views as google
from allauth.socialaccount.providers.kakao.views import KakaoOAuth2Adapter
from allauth.socialaccount.providers.naver.views import NaverOAuth2Adapter
from django.contrib.sessions.models import Session
from django.core import mail
from django.db import connection
from django.http import HttpResponse
from django.test import Client

from accounts.models import User
from tests.accounts import identity_provider
from tests.accounts.identity_provider import IdentityProvider
from tests.accounts.phone import Phone
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db

EMAIL = "jieun@naver.com"
KAKAO = {
    "id": 918273645,
    "properties": {"nickname": "지은이별명", "profile_image": "https://example.com/face.jpg"},
    "kakao_account": {
        "profile": {"nickname": "지은이별명"},
        "email": EMAIL,
        "is_email_valid": True,
        "is_email_verified": True,
    },
}
NAVER = {
    "resultcode": "00",
    "response": {
        "id": "naver-918273645",
        "email": EMAIL,
        "name": "김지은이름",
        "profile_image": "https://example.com/f",
    },
}
PROFILES: dict[str, dict[str, Any]] = {"kakao": KAKAO, "naver": NAVER}
PRIVATE = ("지은이별명", "김지은이름", "example.com/f", "secret-access-token")


@pytest.fixture
def elsewhere(monkeypatch: pytest.MonkeyPatch) -> Iterator[IdentityProvider]:
    with identity_provider.run() as provider:
        for adapter in (KakaoOAuth2Adapter, NaverOAuth2Adapter):
            monkeypatch.setattr(adapter, "access_token_url", f"{provider.url}/token")
            monkeypatch.setattr(adapter, "profile_url", f"{provider.url}/profile")
        monkeypatch.setattr(AppleOAuth2Adapter, "public_key_url", f"{provider.url}/keys")
        monkeypatch.setattr(google, "CERTS_URL", f"{provider.url}/certs")
        yield provider


def log_in(client: Client, elsewhere: IdentityProvider, name: str, process: str = "login") -> HttpResponse:
    """The whole way of a browser: our button, their page, and back with a code."""
    elsewhere.profile = PROFILES[name]
    away = client.post(f"/accounts/{name}/login/?process={process}")
    assert away.status_code == 302
    asked = parse_qs(urlsplit(away.url).query)
    return client.get(f"/accounts/{name}/login/callback/", {"code": "a-code", "state": asked["state"][0]}, follow=True)


def everything_written() -> str:
    """All tables and all sessions, as text."""
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        rows = []
        for table in tables:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - names from the database itself
            rows.append(str(cursor.fetchall()))
    sessions = [json.dumps(session.get_decoded(), ensure_ascii=False) for session in Session.objects.all()]
    return "".join(rows + sessions)


@pytest.mark.parametrize(
    ("name", "words"), [("kakao", "카카오"), ("naver", "네이버"), ("google", "Google"), ("apple", "Apple")]
)
def test_buttons_are_forms_in_korean(client: Client, name: str, words: str) -> None:
    for path in ("/accounts/login/", "/accounts/signup/"):
        page = client.get(path, headers={"accept-language": "ko"}).text
        assert f'<form method="post" action="/accounts/{name}/login/?process=login' in page
        assert f"{words}로 계속하기" in page
        assert page.index("카카오로") < page.index("네이버로") < page.index("Google로") < page.index("Apple로")


@pytest.mark.parametrize(
    ("name", "origin", "scope"),
    [
        ("kakao", "https://kauth.kakao.com", "account_email"),
        ("naver", "https://nid.naver.com", ""),
        ("google", "https://accounts.google.com", "openid email"),
        ("apple", "https://appleid.apple.com", "email"),
    ],
)
def test_form_leads_where_the_policy_lets_it(client: Client, name: str, origin: str, scope: str) -> None:
    policy = client.get("/accounts/login/")["Content-Security-Policy"]
    allowed = next(part for part in policy.split("; ") if part.startswith("form-action")).split()[1:]
    away = client.post(f"/accounts/{name}/login/")
    assert away.url.startswith(f"{origin}/")
    assert origin in allowed
    assert "unsafe-inline" not in policy
    asked = parse_qs(urlsplit(away.url).query)
    assert set(asked.get("scope", [""])[0].split()) == set(scope.split())
    assert asked["redirect_uri"] == [f"http://testserver/accounts/{name}/login/callback/"]


def test_link_from_elsewhere_only_asks(client: Client) -> None:
    page = client.get("/accounts/kakao/login/", headers={"accept-language": "ko"})
    assert page.status_code == 200
    assert "계정으로 로그인할까요" in page.text


@pytest.mark.parametrize("name", ["kakao", "naver"])
def test_first_log_in_signs_up_and_keeps_address_and_number_alone(
    client: Client, elsewhere: IdentityProvider, name: str
) -> None:
    assert log_in(client, elsewhere, name).status_code == 200
    assert client.get("/entries/").status_code == 200
    user, account = User.objects.get(), SocialAccount.objects.get()
    assert (user.email, user.has_usable_password()) == (EMAIL, False)
    assert (account.provider, account.extra_data) == (name, {})
    assert EmailAddress.objects.get().verified
    assert not SocialToken.objects.exists()
    assert elsewhere.token_requests[0]["client_id"] == f"test-{name}-id"
    assert elsewhere.profile_tokens == ["Bearer secret-access-token"]
    written = everything_written()
    assert not [word for word in PRIVATE if word in written]

    client.post("/accounts/logout/")
    again = Client()
    log_in(again, elsewhere, name)
    assert again.get("/entries/").status_code == 200
    assert User.objects.count() == 1
    assert SocialAccount.objects.get().extra_data == {}


def test_address_that_naver_does_not_give_out_is_verified_here(
    client: Client, elsewhere: IdentityProvider, monkeypatch: pytest.MonkeyPatch
) -> None:
    profile = {"response": {**NAVER["response"], "email": "victim@example.com"}}
    monkeypatch.setitem(PROFILES, "naver", profile)
    log_in(client, elsewhere, "naver")
    assert client.get("/entries/").status_code == 302
    assert mail.outbox[-1].to == ["victim@example.com"]


@pytest.mark.parametrize("name", ["kakao", "naver"])
def test_account_with_the_same_address_is_not_taken_over(
    client: Client, elsewhere: IdentityProvider, name: str
) -> None:
    local = User.objects.create_user(EMAIL, PASSWORD)
    EmailAddress.objects.create(user=local, email=EMAIL, verified=True, primary=True)
    page = log_in(client, elsewhere, name)
    assert page.status_code == 200
    assert client.get("/entries/").status_code == 302
    client.post("/accounts/3rdparty/signup/", {"email": EMAIL})
    assert client.get("/entries/").status_code == 302
    assert User.objects.count() == 1
    assert not SocialAccount.objects.exists()


def test_account_with_the_same_address_is_not_told_of(
    client: Client, elsewhere: IdentityProvider, with_mails: None
) -> None:
    User.objects.create_user(EMAIL, PASSWORD)
    log_in(client, elsewhere, "kakao")
    assert client.get("/entries/").status_code == 302
    assert "이미 가입한 계정이 있어요" in mail.outbox[-1].body


def test_refusing_there_and_failing_there_say_so(client: Client, elsewhere: IdentityProvider) -> None:
    korean = {"accept-language": "ko"}
    state = parse_qs(urlsplit(client.post("/accounts/kakao/login/").url).query)["state"][0]
    query = {"error": "access_denied", "state": state}
    refused = client.get("/accounts/kakao/login/callback/", query, follow=True, headers=korean)
    assert "로그인하지 않았어요" in refused.text
    elsewhere.token_status = 500
    state = parse_qs(urlsplit(client.post("/accounts/kakao/login/").url).query)["state"][0]
    failed = client.get("/accounts/kakao/login/callback/", {"code": "x", "state": state}, headers=korean)
    assert "로그인하지 못했어요" in failed.text
    forged = client.get("/accounts/kakao/login/callback/", {"code": "x", "state": "forged"}, headers=korean)
    assert "로그인하지 못했어요" in forged.text
    assert not User.objects.exists()


def confirm_password(client: Client) -> None:
    client.post("/accounts/login/", {"login": "owner@example.com", "password": PASSWORD})
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})


def test_connecting_and_disconnecting_ask_for_the_password(
    client: Client, elsewhere: IdentityProvider, verified: User
) -> None:
    client.post("/accounts/login/", {"login": verified.email, "password": PASSWORD})
    page = log_in(client, elsewhere, "kakao", process="connect")
    assert page.redirect_chain[-1][0] == "/accounts/reauthenticate/"
    assert not SocialAccount.objects.exists()
    client.post("/accounts/reauthenticate/", {"password": PASSWORD})
    account = SocialAccount.objects.get()
    assert (account.user, account.extra_data) == (verified, {})
    stolen = Client()
    stolen.force_login(verified)
    assert "/accounts/reauthenticate/" in stolen.post("/accounts/3rdparty/", {"account": account.pk}).url
    assert SocialAccount.objects.exists()


def test_connect_and_disconnect(client: Client, elsewhere: IdentityProvider, verified: User) -> None:
    confirm_password(client)
    log_in(client, elsewhere, "kakao", process="connect")
    account = SocialAccount.objects.get()
    assert (account.user, account.extra_data) == (verified, {})
    page = client.get("/accounts/3rdparty/", headers={"accept-language": "ko"}).text
    assert "연결 끊기" in page
    assert "Kakao" in page
    client.post("/accounts/3rdparty/", {"account": account.pk})
    assert not SocialAccount.objects.exists()


def test_account_with_an_unverified_address_connects_none(
    client: Client, elsewhere: IdentityProvider, owner: User
) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=False, primary=True)
    confirm_password(client)
    page = log_in(client, elsewhere, "kakao", process="connect")
    assert not SocialAccount.objects.exists()
    assert page.redirect_chain[-1][0] == "/accounts/email/"


ISSUERS = {"google": "https://accounts.google.com", "apple": "https://appleid.apple.com"}


def token_of(elsewhere: IdentityProvider, name: str, **changed: Any) -> dict[str, Any]:
    """What a phone sends after its own system has asked its person."""
    client_id = f"test-{name}-phone"
    claims = {"iss": ISSUERS[name], "aud": client_id, "sub": "918273645", "email": EMAIL, "email_verified": True}
    called = {"google": "김지은이름", "apple": {"firstName": "김지은이름", "lastName": ""}}[name]
    id_token = elsewhere.id_token(**(claims | {"name": called} | changed))
    return {"provider": name, "process": "login", "token": {"client_id": client_id, "id_token": id_token}}


@pytest.mark.parametrize("name", ["google", "apple"])
def test_phone_logs_in_with_its_own_systems_token(phone: Phone, elsewhere: IdentityProvider, name: str) -> None:
    assert phone.send("post", "/auth/provider/token", token_of(elsewhere, name)) == 200
    assert phone.send("get", "/api/v1/entries/") == 200
    assert (SocialAccount.objects.get().provider, SocialAccount.objects.get().extra_data) == (name, {})
    assert "김지은이름" not in everything_written()
    again = Phone()
    assert again.send("post", "/auth/provider/token", token_of(elsewhere, name)) == 200
    assert User.objects.count() == 1


@pytest.mark.parametrize("changed", [{"aud": "somebody-elses-app"}, {"iss": "https://evil.example"}, {"exp": 1}])
@pytest.mark.parametrize("name", ["google", "apple"])
def test_token_that_is_not_for_us_is_refused(
    phone: Phone, elsewhere: IdentityProvider, name: str, changed: dict[str, Any]
) -> None:
    assert phone.send("post", "/auth/provider/token", token_of(elsewhere, name, **changed)) == 400
    assert not User.objects.exists()


@pytest.mark.parametrize("name", ["kakao", "naver"])
def test_kakao_and_naver_take_no_token(phone: Phone, elsewhere: IdentityProvider, name: str) -> None:
    token = {"client_id": f"test-{name}-id", "access_token": "secret-access-token"}
    assert phone.send("post", "/auth/provider/token", {"provider": name, "process": "login", "token": token}) == 400
    assert phone.body["errors"][0]["code"] == "token_authentication_not_supported"


def test_token_does_not_take_over_an_account_with_the_address(phone: Phone, elsewhere: IdentityProvider) -> None:
    User.objects.create_user(EMAIL, PASSWORD)
    assert phone.send("post", "/auth/provider/token", token_of(elsewhere, "google")) == 401
    assert phone.send("get", "/api/v1/entries/") == 401
    assert not SocialAccount.objects.exists()
