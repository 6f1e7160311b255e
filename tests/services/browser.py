"""Debian's Chromium, driven by Playwright: the fixtures `browser`, `whole_browser` and `page`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Browser, Page, Playwright, ViewportSize, sync_playwright

from tests.services.process import require_binary

ARGUMENTS = [
    "--no-sandbox",  # Chromium's sandbox refuses to run as root
    "--disable-gpu",
    # Nothing but the page under test may reach for the network.
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """What starts browsers, for the whole session."""
    # It keeps an event loop in this thread, and Django takes that for asynchronous code.
    with pytest.MonkeyPatch.context() as environment, sync_playwright() as playwright:
        environment.setitem(os.environ, "DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        yield playwright


@contextmanager
def _launch(playwright: Playwright, name: str) -> Iterator[Browser]:
    """A headless Chromium with a fresh profile: the program of Debian's package of this name."""
    chromium = playwright.chromium.launch(executable_path=require_binary(f"/usr/bin/{name}", name), args=ARGUMENTS)
    yield chromium
    chromium.close()


@pytest.fixture(scope="session")
def browser(playwright: Playwright) -> Iterator[Browser]:
    """One Chromium for the whole session: without its windows, a page costs a third of the processor time."""
    with _launch(playwright, "chromium-headless-shell") as chromium:
        yield chromium


@pytest.fixture
def whole_browser(playwright: Playwright) -> Iterator[Browser]:
    """Chromium as people have it, for what is no part of a page: whether a site can be installed."""
    with _launch(playwright, "chromium") as chromium:
        yield chromium


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """An empty page in a context of its own: a Korean phone."""
    context = browser.new_context(locale="ko-KR", timezone_id="Asia/Seoul", viewport=PHONE)
    yield context.new_page()
    context.close()
