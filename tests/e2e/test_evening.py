"""One evening at the rest stop, in a real browser."""

import re
from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.e2e.conftest import LogIn
from tests.factories import HAPPY, PASSWORD, SAD

pytestmark = pytest.mark.django_db(transaction=True)


def write(page: Page, live_server: LiveServer, text: str) -> None:
    page.goto(live_server.url)
    page.get_by_label("일기").fill(text)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/entries/[0-9a-f-]{36}/$"))


def test_sign_up_write_a_sad_and_a_happy_entry_and_find_them_again(
    page: Page, live_server: LiveServer, catalogue: None
) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: problems.append(str(error)))

    page.goto(live_server.url)
    page.get_by_role("link", name=re.compile("시작|가입")).first.click()
    page.locator("input[name=email]").fill("evening@example.com")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="가입하기").click()
    page.wait_for_url(live_server.url + "/")

    write(page, live_server, SAD)
    answer = page.locator("#answer")
    expect(answer).to_contain_text("슬픔")
    expect(answer).to_contain_text(re.compile(r"슬픔 영화 \d+"))
    expect(answer).to_contain_text(re.compile(r"sad song \d+"))
    expect(page.locator("mark").first).to_be_visible()

    page.get_by_role("link", name=re.compile("전환")).click()
    expect(answer).to_contain_text(re.compile(r"기쁨 영화 \d+"))
    expect(answer).to_contain_text(re.compile(r"happy song \d+"))
    expect(answer).not_to_contain_text(re.compile(r"sad song \d+"))
    page.reload()
    expect(answer).to_contain_text(re.compile(r"happy song \d+"))

    write(page, live_server, HAPPY)
    expect(answer).to_contain_text("기쁨")
    expect(answer).to_contain_text(re.compile(r"기쁨 영화 \d+"))

    page.goto(live_server.url + "/entries/?q=장례식")
    expect(page.locator("main")).to_contain_text("할머니")
    expect(page.locator("main")).not_to_contain_text("합격")
    assert problems == []


def test_the_main_job_works_without_javascript(browser: object, live_server: LiveServer, catalogue: None) -> None:
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    page = context.new_page()
    page.goto(live_server.url + "/accounts/signup/")
    page.locator("input[name=email]").fill("noscript@example.com")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="가입하기").click()
    page.locator("textarea[name=text]").fill(SAD)
    page.locator("main form button[type=submit]").click()
    expect(page.locator("#answer")).to_contain_text("슬픔")
    page.get_by_role("link", name=re.compile("전환")).click()
    expect(page.locator("#answer")).to_contain_text(re.compile(r"기쁨 영화 \d+"))
    context.close()


def test_question_asks_about_the_chosen_day(write_page: Page) -> None:
    today = write_page.get_by_label("어느 날인가요").input_value()
    write_page.get_by_label("어느 날인가요").fill("2025-03-09")
    expect(write_page.get_by_role("heading", name="이날은 어땠나요?")).to_be_visible()
    expect(write_page.get_by_text("2025년 3월 9일 일요일")).to_be_visible()
    write_page.get_by_label("어느 날인가요").fill(today)
    expect(write_page.get_by_role("heading", name="오늘은 어땠나요?")).to_be_visible()


def test_back_from_an_entry_leads_to_the_list_as_it_was(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User, entry: Entry
) -> None:
    log_in(page, owner)
    older, _ = services.create_entry(user=owner, text=HAPPY, written_on=date(2026, 10, 1))
    page.goto(f"{live_server.url}/entries/?from=2020-01-01")
    page.locator(".entry-excerpt").first.click()
    page.locator(".neighbour").click()
    page.wait_for_url(f"**/entries/{older.pk}/")
    page.locator(".back-link").click()
    page.wait_for_url("**/entries/?from=2020-01-01")
    page.goto(f"{live_server.url}/calendar/")  # no list lies behind what is opened from there
    page.goto(f"{live_server.url}/entries/{entry.pk}/")
    expect(page.locator(".back-link")).to_have_attribute("href", re.compile(r"/entries/$"))
