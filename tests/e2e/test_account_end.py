"""The end of an account reaches into the browser that it ended in."""

import uuid

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from tests.e2e.conftest import LogIn
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

# How many entries wait for an account, after five seconds or as soon as there are none.
LEFT_IN_OUTBOX = """async (account) => {
  for (let tries = 0; tries < 100; tries += 1) {
    if (!(await outbox.list(account)).length) return 0;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return (await outbox.list(account)).length;
}"""
WORDS = "버스에서 쓰다 만 글이다."


def test_browser_forgets_what_it_kept_of_an_account_that_is_gone_and_nobody_elses(
    page: Page, live_server: LiveServer, log_in: LogIn, owner: User
) -> None:
    log_in(page, owner)
    page.goto(live_server.url)
    page.get_by_label("일기", exact=True).fill(WORDS)
    expect(page.get_by_text("적는 대로 이 기기에 남겨 두고 있어요")).to_be_visible()
    mine = page.evaluate("drafts.account")
    unsent = {
        "id": str(uuid.uuid4()),
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
    # The browser drops them one by one, after the page is there.
    assert page.evaluate(LEFT_IN_OUTBOX, mine) == 0
    assert page.evaluate("outbox.list('another').then((entries) => entries.length)") == 1
    kept = page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('draft:'))")
    assert kept == ["draft:another:1:0"]
    assert not User.objects.filter(email="owner@example.com").exists()
