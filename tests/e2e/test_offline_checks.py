"""Without a connection, the write page itself refuses what the site would, in the site's words, and keeps it."""

import pytest
from django.core.exceptions import ValidationError
from playwright.sync_api import Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary.tags import clean_tags, split_tags
from diary.text import clean_entry_text
from tests.e2e.conftest import LogIn
from tests.e2e.writing import save, start_worker, text_of

pytestmark = pytest.mark.django_db(transaction=True)

LIMIT = 1000
REFUSED = {
    "blank": ("text", " \n\u3164\u200b\u2800"),
    "too long": ("text", "가" * LIMIT + "😀"),
    "too many tags": ("tags", " ".join(f"#태그{number}" for number in range(11))),
    "too long a tag": ("tags", f"#비 #{'가' * 31}"),
}
TAKEN = {
    "as long as may be": ("text", "😀" * LIMIT),
    "shorter when composed and without blank edges": ("text", "\n" + "\u1100\u1161" * LIMIT + "\n  "),
    "a symbol": ("text", "🌧"),
    "the same tags again": ("tags", "#Rain #rain " + " ".join(f"#태그{number}" for number in range(9))),
    "a tag as long as may be": ("tags", "#" + "\u1100\u1161" * 30),
}


@pytest.fixture
def offline_page(page: Page, live_server: LiveServer, log_in: LogIn, owner: User, settings: Settings) -> Page:
    settings.ENTRY_MAX_LENGTH = LIMIT
    log_in(page, owner)
    page.goto(live_server.url)
    start_worker(page)
    page.context.set_offline(True)
    page.goto(live_server.url)
    return page


def fill(page: Page, field: str, value: str) -> None:
    text_of(page).fill("비가 온다.")
    page.locator(f"form.write [name={field}]").fill(value)
    save(page)


def expect_waiting(page: Page) -> None:
    expect(page.get_by_role("heading", name="보낼 글 1편")).to_be_visible()
    expect(text_of(page)).to_have_value("")  # the page for the next entry


def words_of_the_site(field: str, value: str) -> str:
    with pytest.raises(ValidationError) as refusal:
        clean_entry_text(value) if field == "text" else clean_tags(split_tags(value))
    return refusal.value.messages[0]


@pytest.mark.parametrize(("field", "value"), REFUSED.values(), ids=REFUSED)
def test_entry_that_the_site_would_refuse_stays_in_the_form_with_its_words(
    offline_page: Page, field: str, value: str
) -> None:
    fill(offline_page, field, value)
    told = offline_page.locator(f"form.write [name={field}]:invalid")
    expect(told).to_be_focused()
    assert told.evaluate("field => field.validationMessage") == words_of_the_site(field, value)
    expect(told).to_have_value(value)
    assert offline_page.evaluate("outbox.list(drafts.account)") == []

    told.fill("비")
    save(offline_page)
    expect_waiting(offline_page)


@pytest.mark.parametrize(("field", "value"), TAKEN.values(), ids=TAKEN)
def test_entry_that_the_site_takes_waits(offline_page: Page, field: str, value: str) -> None:
    clean_entry_text(value) if field == "text" else clean_tags(split_tags(value))
    fill(offline_page, field, value)
    expect_waiting(offline_page)
