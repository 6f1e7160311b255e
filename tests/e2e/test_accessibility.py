"""`make test-a11y`: every page for people who see, read and move differently."""

import re
from collections.abc import Callable

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import LazySettings
from django.contrib import admin
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from catalog.models import Movie, Track
from tests.factories import PASSWORD, SAD
from tests.pages.screenshots import session_cookie
from tests.pages.site_pages import Demo, SitePage, make_demo, site_pages
from tests.services.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)

# A week of days more than those written by hand: enough for every kind of page.
DEMO_DAYS = 28
DESK_ROWS = 10  # a row of the desk's long tables is as the next one, and axe looks at each
# Swagger's own page, drawn by its script: not ours to mend.
NOT_OURS = {"api-docs"}
SERIOUS = {"serious", "critical"}
NARROWEST, ZOOMED = 320, 640  # CSS pixels: the narrowest phone, and 1280 pixels at 200 %
# Everything that can be opened is, and colours change at once: half way, they contrast with nothing.
OPENED_AND_STILL = """
  document.querySelectorAll("details").forEach((details) => { details.open = true; });
  const still = new CSSStyleSheet();
  still.replaceSync("*, *::before, *::after { transition: none !important; }");
  document.adoptedStyleSheets.push(still);
"""
Views = Callable[[SitePage], Page]


def our_pages(demo: Demo) -> list[SitePage]:
    """Every page that is ours to mend."""
    return [site_page for site_page in site_pages(demo) if site_page.name not in NOT_OURS]


@pytest.fixture
def demo(settings: LazySettings, catalogue: None, monkeypatch: pytest.MonkeyPatch) -> Demo:
    settings.ROOT_URLCONF = "tests.pages.urls"
    for model in (Movie, Track):
        monkeypatch.setattr(admin.site.get_model_admin(model), "list_per_page", DESK_ROWS)
    return make_demo(days=DEMO_DAYS)


def open_views(browser: Browser, demo: Demo, live_server: LiveServer, script: str = "", **options: object) -> Views:
    """A function that opens a page as who looks at it. The script runs in every page before its own."""
    views: dict[str, Page] = {}

    def view(site_page: SitePage) -> Page:
        if site_page.viewer not in views:
            context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", **options)
            context.add_init_script(script)  # handed over once; `evaluate` would send half a megabyte for each page
            if user := demo.person(site_page.viewer):
                context.add_cookies([session_cookie(user) | {"domain": live_server.thread.host}])
            views[site_page.viewer] = context.new_page()
        site_page.open(views[site_page.viewer], live_server.url)
        return views[site_page.viewer]

    return view


def axe_findings(page: Page, **options: object) -> list[str]:
    """What axe-core, which is in the page, calls serious or critical."""
    # Without this, what passes is described node by node, too: it takes longer than the rules themselves.
    asked = {"resultTypes": ["violations"], **options}
    return [
        f"{violation['id']}: {node['target']} {node['failureSummary']}"
        for violation in page.evaluate("async (asked) => (await axe.run(asked)).violations", asked)
        if violation["impact"] in SERIOUS
        for node in violation["nodes"]
    ]


def sideways_findings(page: Page) -> list[str]:
    """The widths at which the page scrolls sideways. The window is left at the last of them."""
    found = []
    for width in (ZOOMED, NARROWEST):
        page.set_viewport_size({"width": width, "height": 568})
        needed = page.evaluate("document.documentElement.scrollWidth")
        if needed > width:
            found.append(f"{needed} pixels wide at {width}")
    return found


def name_findings(page: Page) -> list[str]:
    """What is missing of one heading, a title and a language."""
    found = [] if page.locator("h1:visible").count() == 1 else ["not one h1"]
    if "휴게소" not in page.title():
        found.append(f"title {page.title()!r}")
    language = page.locator("html").get_attribute("lang")
    return found if language == "ko" else [*found, f"language {language}"]


def test_every_page_for_everybody(browser: Browser, live_server: LiveServer, demo: Demo) -> None:
    """By a screen reader, in light and dark, on a narrow phone and at 200 %: each page is opened once for all."""
    look = {"viewport": PHONE, "color_scheme": "light", "reduced_motion": "reduce"}
    view = open_views(browser, demo, live_server, Axe().axe_script, **look)
    found: dict[str, list[str]] = {}
    for site_page in our_pages(demo):
        page = view(site_page)
        found[site_page.name] = name_findings(page)
        page.evaluate(OPENED_AND_STILL)
        found[site_page.name] += axe_findings(page)
        page.emulate_media(color_scheme="dark")
        found[site_page.name] += axe_findings(page, runOnly=["color-contrast"])  # nothing else can differ
        found[site_page.name] += sideways_findings(page)
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(PHONE)
    assert {name: findings for name, findings in found.items() if findings} == {}


def test_no_page_scrolls_sideways_in_english(browser: Browser, live_server: LiveServer, demo: Demo) -> None:
    view = open_views(browser, demo, live_server, viewport=PHONE, extra_http_headers={"Accept-Language": "en"})
    found = {site_page.name: sideways_findings(view(site_page)) for site_page in our_pages(demo)}
    assert {name: findings for name, findings in found.items() if findings} == {}


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
