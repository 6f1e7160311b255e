"""Looking back in a browser: from calendar to day and back, by keyboard, on small screens, without JavaScript."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.factories import make_read_entry

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def diary(page: Page, live_server: LiveServer, catalogue: None, owner: User) -> Page:
    """A page of somebody who wrote an entry yesterday and three today."""
    client = Client()
    client.force_login(owner)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    today = timezone.localdate()
    make_read_entry(owner, today - timedelta(days=1), "sadness", tags=("가족",))
    for emotion in ("joy", "anger", "joy", "anxiety"):
        make_read_entry(owner, today, emotion)
    page.goto(f"{live_server.url}/calendar/")
    return page


def test_from_the_calendar_to_the_days_entries(diary: Page) -> None:
    today = diary.locator("[aria-current='date'] a")
    expect(today).to_contain_text("+1")
    today.focus()
    diary.keyboard.press("Enter")
    expect(diary.locator(".entry-card")).to_have_count(4)
    diary.get_by_role("link", name="조건 빼기").click()
    expect(diary.locator(".entry-card")).to_have_count(5)


def test_search_by_words_period_and_tag(diary: Page) -> None:
    diary.get_by_role("link", name="지난 일기").click()
    diary.get_by_text("기간과 태그").click()
    diary.get_by_label("태그", exact=True).select_option("가족")
    diary.get_by_label("시작하는 날").fill((timezone.localdate() - timedelta(days=7)).isoformat())
    diary.get_by_label("내 일기에서 찾기").fill("할머니는")
    diary.keyboard.press("Enter")
    expect(diary.locator(".entry-card")).to_have_count(1)
    expect(diary.locator("mark").first).to_have_text("할머니")
    expect(diary.locator(".chosen li")).to_have_count(3)
    diary.get_by_role("link", name="슬픔").click()
    expect(diary.locator(".chosen li")).to_have_count(3)
    expect(diary.locator(".entry-card")).to_have_count(1)


@pytest.mark.parametrize("language", ["ko", "en"])
def test_pages_fit_every_width(diary: Page, live_server: LiveServer, language: str) -> None:
    diary.context.add_cookies([{"name": "django_language", "value": language, "url": live_server.url}])
    for path in ("/calendar/", "/calendar/2026/", "/trends/", "/entries/?q=할머니&tag=가족", "/"):
        diary.goto(f"{live_server.url}{path}")
        expect(diary.locator("html")).to_have_attribute("lang", language)
        for width in (320, 390, 1280):
            diary.set_viewport_size({"width": width, "height": 800})
            assert not diary.evaluate("document.documentElement.scrollWidth > innerWidth"), (path, width)
            links = diary.locator(".site-nav li .nav-link, .look-back-nav a, .month-day a")
            heights = links.evaluate_all("links => links.map(link => link.getBoundingClientRect().height)")
            assert heights
            assert min(heights) >= 44, (path, width)


def test_without_javascript_everything_is_there(browser: Browser, live_server: LiveServer, diary: Page) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    context.add_cookies(diary.context.cookies())
    page = context.new_page()
    page.goto(f"{live_server.url}/calendar/")
    page.get_by_label("다른 달 보기").fill("2025-02")
    page.get_by_role("button", name="보기").click()
    expect(page).to_have_url(f"{live_server.url}/calendar/2025-02/")
    page.get_by_role("link", name="흐름").click()
    page.get_by_role("link", name="90일").click()
    expect(page.locator(".trend rect")).not_to_have_count(0)
    page.get_by_text("표로 보기").click()
    expect(page.get_by_role("rowheader", name="모두")).to_be_visible()
    context.close()
