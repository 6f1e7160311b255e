"""A passkey in a browser with an authenticator of its own, under the site's policy for scripts."""

import re
from collections.abc import Iterator

import pytest
from allauth.mfa.models import Authenticator
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import PASSWORD
from tests.services.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site(live_server: LiveServer) -> str:
    """The site by its name: a passkey belongs to a host, and an IP address is none."""
    return live_server.url.replace("127.0.0.1", "localhost")


@pytest.fixture
def complaints() -> list[str]:
    return []


@pytest.fixture
def phone_browser(browser: Browser, complaints: list[str]) -> Iterator[Page]:
    """A phone that unlocks by fingerprint; what its console complains of is kept."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", viewport=PHONE)
    page = context.new_page()
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    devtools = context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    devtools.send(
        "WebAuthn.addVirtualAuthenticator",
        {
            "options": {
                "protocol": "ctap2",
                "transport": "internal",
                "hasResidentKey": True,
                "hasUserVerification": True,
                "isUserVerified": True,
                "automaticPresenceSimulation": True,
            }
        },
    )
    yield page
    context.close()


def log_in_by_password(page: Page, site: str, user: User) -> None:
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("이메일").fill(user.email)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인", exact=True).click()
    page.wait_for_url(f"{site}/")


def add_passkey(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/2fa/webauthn/add/")
    page.get_by_label("비밀번호").fill(PASSWORD)  # asked for once more
    page.get_by_role("button", name="확인", exact=True).click()
    page.get_by_label("이름").fill("내 휴대전화")
    page.get_by_role("button", name="추가").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/")


def test_passkey_is_added_and_logs_in(phone_browser: Page, site: str, owner: User, complaints: list[str]) -> None:
    page = phone_browser
    log_in_by_password(page, site, owner)
    add_passkey(page, site)
    expect(page.get_by_text("패스키를 추가했어요.")).to_be_visible()
    assert page.locator(".recovery-codes li").count() == 10
    page.goto(f"{site}/accounts/2fa/webauthn/")
    expect(page.get_by_role("heading", name="내 휴대전화")).to_be_visible()

    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.get_by_role("button", name="패스키로 로그인").click()
    page.wait_for_url(f"{site}/")
    expect(page.get_by_label("일기", exact=True)).to_be_visible()
    assert complaints == []


def test_passkey_is_the_second_factor_after_a_password(phone_browser: Page, site: str, owner: User) -> None:
    page = phone_browser
    log_in_by_password(page, site, owner)
    add_passkey(page, site)
    page.context.clear_cookies()
    page.goto(f"{site}/accounts/login/")
    page.get_by_label("이메일").fill(owner.email)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="로그인", exact=True).click()
    page.wait_for_url("**/accounts/2fa/authenticate/")
    page.get_by_role("button", name="패스키로 확인").click()
    page.wait_for_url(f"{site}/")


def test_passkey_confirms_who_is_at_the_keys_and_goes(phone_browser: Page, site: str, owner: User) -> None:
    page = phone_browser
    log_in_by_password(page, site, owner)
    add_passkey(page, site)
    page.goto(f"{site}/accounts/2fa/webauthn/reauthenticate/?next=/accounts/2fa/webauthn/")
    page.get_by_role("button", name="패스키로 확인").click()
    page.wait_for_url("**/accounts/2fa/webauthn/")
    page.get_by_role("link", name="지우기").click()
    page.get_by_role("button", name="지우기").click()
    expect(page.get_by_text("아직 패스키가 없어요.")).to_be_visible()
    assert not Authenticator.objects.exists()


def test_browser_without_a_passkey_is_told_so(page: Page, site: str) -> None:
    page.goto(f"{site}/accounts/login/")
    page.evaluate(
        "() => { navigator.credentials.get = () => Promise.reject(new DOMException('no', 'NotAllowedError')); }"
    )
    page.get_by_role("button", name="패스키로 로그인").click()
    expect(page.get_by_role("alert")).to_have_text(re.compile("패스키를 확인하지 못했어요"))
