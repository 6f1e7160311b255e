"""`make test-a11y`: every page for people who see, read and move differently."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import PASSWORD, SAD
from tests.pages.screenshots import session_cookie
from tests.pages.site_pages import NEWCOMER, OWNER, Demo, SitePage, make_demo, site_pages
from tests.services.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)

# A week of days more than those written by hand: enough for every kind of page.
DEMO_DAYS = 28
# Swagger's own page, drawn by its script: not ours to mend.
NOT_OURS = {"api-docs"}
SERIOUS = {"serious", "critical"}
NARROWEST, ZOOMED = 320, 640  # CSS pixels: the narrowest phone, and 1280 pixels at 200 %
Views = Callable[[SitePage], Page]


@pytest.fixture
def demo(settings: LazySettings, catalogue: None) -> Demo:
    settings.ROOT_URLCONF = "tests.pages.urls"
    return make_demo(days=DEMO_DAYS)


def open_views(browser: Browser, demo: Demo, live_server: LiveServer, **options: object) -> Views:
    """A function that opens a page as who looks at it."""
    views: dict[str, Page] = {}

    def view(site_page: SitePage) -> Page:
        if site_page.viewer not in views:
            context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", **options)
            user = {OWNER: demo.owner, NEWCOMER: demo.newcomer}.get(site_page.viewer)
            if user is not None:
                context.add_cookies([session_cookie(user) | {"domain": live_server.thread.host}])
            views[site_page.viewer] = context.new_page()
        site_page.open(views[site_page.viewer], live_server.url)
        return views[site_page.viewer]

    return view


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_serious_on_any_page(
    browser: Browser, live_server: LiveServer, demo: Demo, theme: str
) -> None:
    view = open_views(browser, demo, live_server, viewport=PHONE, color_scheme=theme, reduced_motion="reduce")
    found: dict[str, list[str]] = {}
    for site_page in site_pages(demo):
        if site_page.name in NOT_OURS:
            continue
        page = view(site_page)
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        violations = Axe().run(page).response["violations"]
        serious = [
            f"{violation['id']}: {node['target']} {node['failureSummary']}"
            for violation in violations
            for node in violation["nodes"]
            if violation["impact"] in SERIOUS
        ]
        if serious:
            found[site_page.name] = serious
    assert found == {}


@pytest.mark.parametrize("width", [NARROWEST, ZOOMED])
@pytest.mark.parametrize("locale", ["ko", "en"])
def test_no_page_scrolls_sideways(
    browser: Browser, live_server: LiveServer, demo: Demo, width: int, locale: str
) -> None:
    view = open_views(
        browser,
        demo,
        live_server,
        viewport={"width": width, "height": 568},
        extra_http_headers={"Accept-Language": locale},
    )
    wide: dict[str, int] = {}
    for site_page in site_pages(demo):
        if site_page.name in NOT_OURS:
            continue
        needed = view(site_page).evaluate("document.documentElement.scrollWidth")
        if needed > width:
            wide[site_page.name] = needed
    assert wide == {}


def test_every_page_has_one_heading_a_title_and_a_language(
    browser: Browser, live_server: LiveServer, demo: Demo
) -> None:
    view = open_views(browser, demo, live_server, viewport=PHONE)
    for site_page in site_pages(demo):
        if site_page.name in NOT_OURS:
            continue
        page = view(site_page)
        assert page.locator("h1:visible").count() == 1, site_page.name
        assert "휴게소" in page.title(), site_page.name
        assert page.locator("html").get_attribute("lang") == "ko", site_page.name


def press_until(page: Page, name: str, key: str = "Tab", limit: int = 80) -> None:
    """Move the focus by keyboard until it is on what has this accessible name."""
    for _ in range(limit):
        page.keyboard.press(key)
        focused = page.evaluate(
            "(() => { const e = document.activeElement;"
            " return [e.ariaLabel, e.labels?.[0]?.textContent, e.textContent, e.name].join(' '); })()"
        )
        if re.search(name, focused):
            return
    raise AssertionError(f"no way to {name!r} by {key} on {page.url}")


def test_the_main_job_by_keyboard_alone(page: Page, live_server: LiveServer, catalogue: None) -> None:
    page.goto(live_server.url)
    press_until(page, "일기 시작하기")
    page.keyboard.press("Enter")
    page.wait_for_url("**/accounts/signup/")
    for name, value in (("email", "keys@example.com"), ("password1", PASSWORD), ("password2", PASSWORD)):
        press_until(page, name)
        page.keyboard.type(value)
    page.keyboard.press("Enter")
    page.wait_for_url(live_server.url + "/")
    expect(page.get_by_label("일기")).to_be_focused()  # nothing to press: one can write at once
    page.keyboard.type(SAD)
    press_until(page, "저장")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(r"/entries/[0-9a-f-]{36}/$"))
    press_until(page, "전환")
    page.keyboard.press("Enter")
    expect(page.locator("#answer")).to_contain_text(re.compile(r"기쁨 영화 \d+"))
    # What has just been put in place is a plain form until HTMX has seen it.
    expect(page.locator(".htmx-added, .htmx-settling, .htmx-swapping")).to_have_count(0)
    press_until(page, "좋아요")
    page.keyboard.press("Enter")
    expect(page.locator("#answer-status")).to_have_text("좋아한다고 기억할게요.")
    press_until(page, "다르게 느꼈나요", key="Shift+Tab")
    page.keyboard.press("Enter")
    press_until(page, "분노")
    page.keyboard.press("Enter")
    expect(page.locator("#reading-title")).to_have_text("분노")


def test_the_skip_link_leads_to_the_main_part(page: Page, live_server: LiveServer) -> None:
    page.goto(live_server.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="본문으로 바로 가기")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#main")).to_be_focused()
