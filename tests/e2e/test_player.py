"""A song is opened at Spotify, or heard on the page: nothing of Spotify's is loaded before the click."""

import re
from datetime import date

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from tests.factories import SAD

pytestmark = pytest.mark.django_db(transaction=True)

SPOTIFY = re.compile(r"https://open\.spotify\.com/")
STUB = "<!doctype html><title>player</title><button>play</button>"


@pytest.fixture
def entry_url(live_server: LiveServer, catalogue: None, owner: User) -> str:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    return f"{live_server.url}/entries/{entry.pk}/"


@pytest.fixture
def requests(page: Page, live_server: LiveServer, owner: User) -> list[str]:
    """Addresses outside the site that the page asked for; Spotify's are answered by a stub."""
    client = Client()
    client.force_login(owner)
    page.context.add_cookies(
        [{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}]
    )
    outside: list[str] = []

    def remember(url: str) -> None:
        if not url.startswith((live_server.url, "data:")):
            outside.append(url)

    page.on("request", lambda request: remember(request.url))
    page.route(SPOTIFY, lambda route: route.fulfill(body=STUB, content_type="text/html"))
    return outside


def test_the_player_is_loaded_on_a_click_and_closed_again(page: Page, entry_url: str, requests: list[str]) -> None:
    problems: list[str] = []
    page.on("console", lambda message: problems.append(message.text) if message.type == "error" else None)
    page.goto(entry_url)
    page.wait_for_load_state("networkidle")
    first = page.locator(".track").first
    button = first.get_by_role("button", name=re.compile("여기서 듣기"))
    expect(button).to_be_visible()
    assert requests == []

    spotify_id = button.get_attribute("data-player").rsplit("/", 1)[-1]
    button.focus()
    page.keyboard.press("Enter")
    player = first.locator("iframe")
    expect(player.content_frame.get_by_role("button")).to_be_visible()
    assert requests == [f"https://open.spotify.com/embed/track/{spotify_id}"]
    expect(player).to_be_focused()
    expect(player).to_have_attribute("title", re.compile(r"^Spotify 플레이어: sad song \d+$"))
    closing = first.get_by_role("button", name=re.compile("닫기"))
    expect(closing).to_have_attribute("aria-expanded", "true")

    closing.click()
    expect(player).to_have_count(0)
    expect(first.get_by_role("button", name=re.compile("여기서 듣기"))).to_have_attribute("aria-expanded", "false")
    expect(first.locator("[data-player]")).to_be_focused()
    assert problems == []


def test_one_player_at_a_time_and_again_after_another_choice(page: Page, entry_url: str, requests: list[str]) -> None:
    page.goto(entry_url)
    buttons = page.get_by_role("button", name=re.compile("여기서 듣기"))
    expect(buttons).to_have_count(3)
    buttons.nth(0).click()
    buttons.nth(0).click()  # the first now says 닫기: this is the second track's
    expect(page.locator("iframe")).to_have_count(1)
    expect(page.locator(".track").nth(1).locator("iframe")).to_have_count(1)
    page.get_by_role("link", name=re.compile("전환")).click()
    expect(page.locator("#answer")).to_contain_text(re.compile(r"happy song \d+"))
    expect(page.locator("iframe")).to_have_count(0)
    expect(buttons).to_have_count(3)
    buttons.first.click()
    expect(page.locator("iframe")).to_have_count(1)


def test_another_origin_is_refused_in_a_frame(page: Page, entry_url: str, requests: list[str]) -> None:
    page.goto(entry_url)
    button = page.locator("[data-player]").first
    button.evaluate("button => { button.dataset.player = 'https://example.com/'; }")
    with page.expect_console_message(lambda message: "frame-src" in message.text):
        button.click()
    expect(page.locator("iframe")).to_have_count(1)
    assert requests == []


def test_without_javascript_only_the_link_is_there(
    browser: Browser, live_server: LiveServer, entry_url: str, owner: User
) -> None:
    client = Client()
    client.force_login(owner)
    context = browser.new_context(java_script_enabled=False, locale="ko-KR")
    context.add_cookies([{"name": "sessionid", "value": client.cookies["sessionid"].value, "url": live_server.url}])
    page = context.new_page()
    page.goto(entry_url)
    first = page.locator(".track").first
    expect(first.locator("[data-player]")).to_be_hidden()
    link = first.get_by_role("link", name=re.compile("Spotify"))
    expect(link).to_have_attribute("href", re.compile(r"^https://open\.spotify\.com/track/\d{22}$"))
    expect(link).to_have_attribute("rel", "noopener noreferrer")
    expect(link).to_have_attribute("target", "_blank")
    context.close()
