"""What the main pages cost on a phone's connection, and whom they ask: the site as `make run` serves it."""

import re
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.factories import PASSWORD, SAD
from tests.pages.site import serve
from tests.services.browser import PHONE

LIMIT = 150 * 1024  # bytes over the wire, headers included, nothing in the browser's cache


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serve(tmp_path_factory.mktemp("site")) as address:
        yield address


@pytest.fixture
def entry_url(browser: Browser, address: str) -> Iterator[tuple[str, Page]]:
    """An entry's address, and a page whose browser has fetched nothing yet but is logged in."""
    first = browser.new_context(locale="ko-KR", viewport=PHONE)
    page = first.new_page()
    page.goto(f"{address}/accounts/signup/")
    page.locator("input[name=email]").fill("phone@example.com")
    page.locator("input[name=password1]").fill(PASSWORD)
    page.locator("input[name=password2]").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.wait_for_url(f"{address}/")
    page.get_by_label("일기").fill(SAD)
    page.keyboard.press("Control+Enter")
    page.wait_for_url(re.compile(r"/entries/[0-9a-f-]{36}/$"))
    fresh = browser.new_context(
        locale="ko-KR", viewport=PHONE, storage_state=first.storage_state(), service_workers="block"
    )
    yield page.url, fresh.new_page()
    first.close()
    fresh.close()


def test_entry_page_is_light_and_asks_nobody_else(entry_url: tuple[str, Page], address: str) -> None:
    url, page = entry_url
    requests: list[Request] = []
    page.on("requestfinished", lambda request: requests.append(request))
    page.goto(url)
    page.wait_for_load_state("networkidle")
    sizes = {
        request.url: sum(request.sizes()[part] for part in ("responseBodySize", "responseHeadersSize"))
        for request in requests
    }
    assert [other for other in sizes if not other.startswith((address, "data:"))] == []
    assert any(asked.endswith(".js") for asked in sizes)
    assert sum(sizes.values()) <= LIMIT, sorted(sizes.items(), key=lambda item: -item[1])


def test_bare_error_page_finds_its_files(address: str, page: Page) -> None:
    """The bare error pages have no manifest at hand: the plain names that they use must answer too."""
    failed: list[str] = []
    page.on("response", lambda response: failed.append(response.url) if response.status == 404 else None)
    page.goto(f"{address}/errors/500/")
    page.wait_for_load_state("networkidle")
    assert failed == []
