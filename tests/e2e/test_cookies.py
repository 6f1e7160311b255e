"""Cookies under the names that they have over HTTPS: what the site says by them, scripts read and forget."""

import pytest
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.e2e.writing import DETAIL, drafts_in, save, type_words
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

PREFIX = "__Host-"


@pytest.fixture
def https_names(settings: Settings) -> None:
    """Browsers trust localhost with secure cookies, so that no certificate is needed."""
    settings.COOKIE_PREFIX = PREFIX
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = f"{PREFIX}sessionid", f"{PREFIX}csrftoken"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True


def test_draft_theme_and_message_by_prefixed_cookies(
    https_names: None, page: Page, live_server: LiveServer, owner: User, catalogue: None
) -> None:
    page.goto(f"{live_server.url}/accounts/login/?next=/")
    page.locator("main [name=login]").fill(owner.email)
    page.locator("main [name=password]").fill(PASSWORD)
    page.locator("main form button[type=submit]").first.click()
    page.wait_for_url(f"{live_server.url}/")
    page.locator("[data-theme-toggle]").first.click()
    theme = page.locator("html").get_attribute("data-theme")
    type_words(page, "비가 왔다.")
    save(page)
    page.wait_for_url(DETAIL)
    assert drafts_in(page) == []
    expect(page.locator("html")).to_have_attribute("data-theme", str(theme))
    names = {cookie["name"] for cookie in page.context.cookies()}
    assert all(name.startswith(PREFIX) for name in names), names
    assert f"{PREFIX}theme" in names
    assert f"{PREFIX}settled_draft" not in names
