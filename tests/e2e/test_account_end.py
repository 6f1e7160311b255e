"""The end of an account reaches into the browser that it ended in."""

import pytest
from playwright.sync_api import Page
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.e2e.conftest import LogIn
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "버스에서 쓰다 만 글이다."


def test_browser_forgets_what_it_kept_of_an_account_that_is_gone_and_nobody_elses(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User
) -> None:
    log_in(page, owner)
    page.goto(live_server.url)
    page.get_by_label("일기", exact=True).fill(WORDS)
    page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('draft:'))")
    mine = page.evaluate("drafts.account")
    unsent = {
        "id": "0b7c5f0e-6c5c-4a55-9f0e-5f1d9b8f3a11",
        "account": mine,
        "text": WORDS,
        "tags": "",
        "written_on": "",
    }
    # Written for somebody else, it is not sent by this person's pages.
    page.evaluate("(entry) => outbox.add({ ...entry, account: 'another', id: outbox.makeId() })", unsent)
    page.evaluate("localStorage.setItem('draft:another:1:0', JSON.stringify({ text: '', saved_at: Date.now() }))")
    page.goto(f"{live_server.url}/settings/delete/")
    page.evaluate("(entry) => outbox.add(entry)", unsent)
    page.get_by_label("비밀번호").fill(PASSWORD)
    page.get_by_role("button", name="모두 지우기").click()
    page.wait_for_url(f"{live_server.url}/")
    page.wait_for_function("(mine) => outbox.list(mine).then((entries) => entries.length === 0)", arg=mine)
    assert page.evaluate("outbox.list('another').then((entries) => entries.length)") == 1
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")
    assert kept == ["draft:another:1:0"]
    assert not User.objects.filter(email="owner@example.com").exists()
