"""The settings page, in a real browser."""

import re

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)


def test_traveller_takes_over_the_clock_of_the_device(page: Page, live_server: LiveServer) -> None:
    user = make_user("traveller@example.com", time_zone="Europe/Berlin")
    page.goto(f"{live_server.url}/accounts/login/?next=/settings/")
    page.locator("input[name=login]").fill(user.email)
    page.locator("input[name=password]").fill(PASSWORD)
    page.get_by_role("button", name="로그인", exact=True).click()
    page.wait_for_url(f"{live_server.url}/settings/")

    select = page.get_by_label("지금 지내는 곳")
    offer = page.get_by_role("button", name="이 기기의 시간대로 (서울)")
    select.select_option("Asia/Seoul")
    expect(offer).to_be_hidden()
    select.select_option("UTC")
    offer.click()
    expect(page.locator(".note-success")).to_have_text(re.compile("설정을 바꿨어요"))
    expect(select).to_have_value("Asia/Seoul")
    expect(offer).to_be_hidden()
    user.refresh_from_db()
    assert user.time_zone == "Asia/Seoul"
