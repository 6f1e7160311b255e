"""An operator changes the model in a browser, with and without a screen reader."""

import json
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.roles import Role
from diary import model_version
from moduhyu.roles import give_role
from tests.diary.conftest import cache, fetched
from tests.diary.model_folders import NEW, SHIPPED_VERSION, damage_weights
from tests.e2e.test_accessibility import OPENED_AND_STILL, axe_findings, sideways_findings
from tests.factories import make_user
from tests.pages.screenshots import session_cookie
from tests.services.browser import PHONE

__all__ = ["cache", "fetched"]

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(browser: Browser, live_server: LiveServer, fetched: Path, settings: Settings) -> Page:
    """The model desk on an operator's phone; a second version is there."""
    settings.ADMIN_SECOND_FACTOR = False
    operator = make_user("operator@example.com")
    give_role(operator, Role.OPERATOR)
    context = browser.new_context(locale="ko-KR", viewport=PHONE)
    context.add_cookies([session_cookie(operator) | {"domain": live_server.thread.host}])
    page = context.new_page()
    page.goto(f"{live_server.url}/admin/models/")
    return page


def test_a_version_is_used_and_taken_back(desk: Page) -> None:
    desk.get_by_role("link", name=f"{NEW} 사용하기").click()
    form = desk.locator("form[data-busy]")
    assert form.get_by_role("status").text_content() == ""
    # What the page says while the site is at work, without the site.
    desk.evaluate(
        "document.querySelector('form[data-busy]').addEventListener('submit', (event) => event.preventDefault(), "
        "{ once: true })"
    )
    form.get_by_role("button", name="이 버전으로 바꾸기").click()
    expect(form.get_by_role("status")).to_have_text("모델에 문장을 읽혀 보고 있어요. 몇 초 걸려요.")
    expect(form.get_by_role("button", name="이 버전으로 바꾸기")).to_be_disabled()
    desk.reload()
    form.get_by_role("button", name="이 버전으로 바꾸기").click()
    expect(desk.get_by_text(f"이제 새 일기는 {NEW} 버전이 읽어요.")).to_be_visible()
    assert model_version.read_activation().active == NEW

    desk.get_by_role("link", name=f"이전 버전({SHIPPED_VERSION})으로 되돌리기").click()
    desk.get_by_role("button", name="되돌리기").click()
    expect(desk.get_by_text("되돌렸어요.")).to_be_visible()
    assert model_version.read_activation().active == "shipped"


def test_pages_of_a_change_are_for_everybody(desk: Page, fetched: Path) -> None:
    damage_weights(fetched)
    found = {}
    for name in ("to be asked", "refused"):
        if name == "to be asked":
            desk.goto(f"{desk.url}versions/{NEW}/activate/")
        else:
            desk.get_by_role("button", name="이 버전으로 바꾸기").click()
            expect(desk.get_by_role("alert")).to_contain_text("지금 쓰는 모델은 그대로예요.")
        desk.evaluate(OPENED_AND_STILL)
        desk.evaluate(Axe().axe_script)
        found[name] = axe_findings(desk)
        desk.emulate_media(color_scheme="dark")
        found[name] += axe_findings(desk, runOnly=["color-contrast"])
        desk.emulate_media(color_scheme="light")
        found[name] += sideways_findings(desk)
        desk.set_viewport_size(PHONE)
    assert found == {"to be asked": [], "refused": []}, json.dumps(found, ensure_ascii=False, indent=1)
