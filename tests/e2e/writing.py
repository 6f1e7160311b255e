"""How the browser tests write: into the form, and what the browser has kept of it."""

import json
import re

from playwright.sync_api import Locator, Page, expect

DETAIL = re.compile(r"/entries/[0-9a-f-]{36}/$")
KEPT = "적는 대로 이 기기에 남겨 두고 있어요"


def type_words(page: Page, words: str) -> None:
    """Write, and wait until the draft is kept: the note alone may still speak of what was brought back before."""
    text_of(page).fill(words)
    expect(page.get_by_text(KEPT)).to_be_visible()
    page.wait_for_function("(words) => drafts.all().some((draft) => draft.text === words)", arg=words)


def text_of(page: Page) -> Locator:
    return page.get_by_label("일기", exact=True)


def drafts_in(page: Page) -> list[dict[str, str]]:
    stored = page.evaluate("Object.entries(localStorage).filter(([key]) => key.startsWith('draft:'))")
    return [json.loads(value) for _key, value in stored]


def save(page: Page) -> None:
    page.locator("form.write [type=submit]").click()


def start_worker(page: Page) -> None:
    """Wait until the service worker answers for the page."""
    page.evaluate(
        """async () => {
          const { serviceWorker } = navigator;
          const taken = new Promise((resolve) => serviceWorker.addEventListener("controllerchange", resolve));
          await serviceWorker.ready;
          if (!serviceWorker.controller) await taken;
        }"""
    )
