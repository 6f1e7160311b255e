"""Feedback and other recommendations in a browser: in place, by keyboard, and told to a screen reader."""

import re
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from diary.models import Feedback, Recommendation
from tests.factories import SAD

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entry_page(page: Page, live_server: LiveServer, catalogue: None, owner: User) -> Page:
    client = Client()
    client.force_login(owner)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    page.goto(f"{live_server.url}/entries/{entry.pk}/")
    return page


def test_feedback_in_place_keeps_the_focus_and_tells(entry_page: Page) -> None:
    film = entry_page.locator(".ticket").first
    button = film.get_by_role("button", name="별로예요")
    button.focus()
    entry_page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "true")
    expect(button).to_be_focused()
    expect(film.get_by_text("다시 건네지 않을게요.")).to_be_visible()
    expect(entry_page.locator("#answer-status")).to_have_text("기억할게요. 다시 건네지 않을게요.")
    assert Feedback.objects.get().opinion == "dislike"

    entry_page.keyboard.press("Enter")
    expect(button).to_have_attribute("aria-pressed", "false")
    expect(button).to_be_focused()
    assert not Feedback.objects.exists()


def test_feedback_two_buttons_in_haste_both_count(entry_page: Page) -> None:
    film = entry_page.locator(".ticket").first
    like, seen = film.get_by_role("button", name="좋아요"), film.get_by_role("button", name="봤어요")
    # In one turn of the browser: the second is pressed before the first is answered.
    handles = [like.element_handle(), seen.element_handle()]
    entry_page.evaluate("([first, second]) => { first.click(); second.click(); }", handles)
    expect(like).to_have_attribute("aria-pressed", "true")
    expect(seen).to_have_attribute("aria-pressed", "true")
    feedback = Feedback.objects.get()
    assert (feedback.opinion, feedback.is_seen) == ("like", True)


def test_failed_click_is_told(entry_page: Page) -> None:
    entry_page.context.set_offline(True)
    entry_page.locator(".ticket").first.get_by_role("button", name="좋아요").click()
    notice = entry_page.get_by_role("alert")
    expect(notice).to_have_text("지금은 서버에 연결되지 않아요. 잠시 뒤에 다시 눌러 주세요.")
    entry_page.context.set_offline(False)
    entry_page.locator(".ticket").first.get_by_role("button", name="좋아요").click()
    expect(notice).to_be_hidden()


def test_other_recommendations_in_place_keep_the_focus_and_tell(entry_page: Page) -> None:
    before = entry_page.locator(".item-title").all_inner_texts()
    button = entry_page.get_by_role("button", name="다른 추천")
    button.dblclick()
    expect(entry_page.locator("#answer-status")).to_have_text("다른 추천을 골랐어요.")
    expect(button).to_be_focused()
    expect(entry_page.locator(".ticket")).to_have_count(3)
    expect(entry_page.locator(".track").get_by_role("button", name=re.compile("여기서 듣기"))).to_have_count(3)
    assert not set(before) & set(entry_page.locator(".item-title").all_inner_texts())
    assert Recommendation.objects.filter(strategy="match").count() == 2 * 6


def test_without_javascript_the_buttons_are_forms(
    browser: Browser, live_server: LiveServer, entry_page: Page, owner: User
) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    context.add_cookies(entry_page.context.cookies())
    page = context.new_page()
    page.goto(f"{entry_page.url}?strategy=shift")
    page.locator(".track").first.get_by_role("button", name="들었어요").click()
    button = page.locator(".track").first.get_by_role("button", name="들었어요")
    expect(button).to_have_attribute("aria-pressed", "true")
    before = page.locator(".item-title").all_inner_texts()
    page.get_by_role("button", name="다른 추천").click()
    expect(page.get_by_text("다른 추천을 골랐어요.")).to_be_visible()
    expect(page).to_have_url(re.compile(r"strategy=shift"))
    assert not set(before) & set(page.locator(".item-title").all_inner_texts())
    context.close()


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_buttons_are_large_enough_for_a_thumb(entry_page: Page, width: int) -> None:
    entry_page.set_viewport_size({"width": width, "height": 800})
    buttons = entry_page.locator(".feedback-button, #ask-again").all()
    assert len(buttons) == 6 * 3 + 1
    for button in buttons:
        box = button.bounding_box()
        assert box is not None
        assert box["height"] >= 44
        assert box["width"] >= 44
    assert not entry_page.evaluate("document.documentElement.scrollWidth > innerWidth")


def test_other_films_begin_in_sight(entry_page: Page) -> None:
    entry_page.set_viewport_size({"width": 390, "height": 700})
    answer = entry_page.locator("#recommendations")
    first = answer.locator(".ticket").first.inner_text()
    entry_page.locator("#ask-again").click()
    expect(answer.locator(".ticket").first).not_to_have_text(first)
    expect(answer.locator("#answer-title")).to_be_in_viewport()
