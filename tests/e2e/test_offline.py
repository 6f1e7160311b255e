"""Without a connection: the write page opens, what is saved waits, goes once, and is lost in no case."""

from collections.abc import Iterator
from datetime import date
from uuid import UUID

import pytest
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.e2e.conftest import LogIn
from tests.e2e.writing import DETAIL, start_worker
from tests.factories import SAD, make_entry
from tests.services.gate import Gate

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "지하철 안에서 쓴 글이다."
# Everything that Cache Storage holds: addresses and bodies.
CACHED = """async () => {
  const kept = {};
  for (const name of await caches.keys()) {
    const cache = await caches.open(name);
    for (const request of await cache.keys()) kept[request.url] = await (await cache.match(request)).text();
  }
  return kept;
}"""


def waiting(page: Page) -> list[dict[str, str]]:
    """The outbox of whoever is logged in."""
    return page.evaluate("outbox.list(drafts.account)")


def sent_entry(page: Page) -> Entry:
    """The only entry, as soon as the site has it."""
    for _try in range(100):
        if Entry.objects.exists():
            break
        page.wait_for_timeout(50)
    return Entry.objects.get()


def write_offline(page: Page, words: str = WORDS) -> None:
    """Save an entry, and wait until it waits."""
    page.get_by_label("일기", exact=True).fill(words)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="보낼 글 1편")).to_be_visible()
    expect(page.get_by_label("일기", exact=True)).to_have_value("")  # the page for the next entry, no draft any more


@pytest.fixture
def write_page(page: Page, live_server: LiveServer, log_in: LogIn, owner: User) -> Page:
    log_in(page, owner)
    page.goto(live_server.url)
    start_worker(page)
    return page


@pytest.fixture
def gate(live_server: LiveServer) -> Iterator[Gate]:
    gate = Gate(int(live_server.url.rsplit(":", 1)[1]))
    gate.start()
    yield gate
    gate.close()


@pytest.mark.parametrize("path", ["/", "/entries/new/"])
def test_entry_written_offline_waits_and_is_sent_once(write_page: Page, live_server: LiveServer, path: str) -> None:
    write_page.context.set_offline(True)
    write_page.goto(live_server.url + path)
    expect(write_page.get_by_role("paragraph").filter(has_text="지금은 연결되어 있지 않아요")).to_be_visible()
    expect(write_page.get_by_label("어느 날인가요")).to_have_value(timezone.localdate().isoformat())
    write_page.get_by_label("태그", exact=True).fill("#지하철, 비")
    write_offline(write_page)
    expect(write_page.locator(".outbox-text")).to_have_text(WORDS)
    assert not Entry.objects.exists()

    write_page.context.set_offline(False)
    expect(write_page.get_by_text("기다리던 글 1편을 보냈어요.")).to_be_visible()
    expect(write_page.locator("[data-outbox]")).to_be_hidden()
    write_page.get_by_role("link", name="일기 보기").click()
    expect(write_page.locator("#entry-text")).to_contain_text(WORDS)
    entry = Entry.objects.get()
    assert (entry.written_on, entry.tag_names) == (timezone.localdate(), ["비", "지하철"])
    assert waiting(write_page) == []


def test_entry_sent_from_the_offline_page_with_the_connection_back_opens_at_once(
    write_page: Page, live_server: LiveServer
) -> None:
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_page.get_by_label("일기", exact=True).fill(WORDS)
    write_page.context.set_offline(False)
    write_page.keyboard.press("Control+Enter")
    write_page.wait_for_url(DETAIL)
    assert Entry.objects.get().text == WORDS


def test_entry_that_another_sender_sends_first_opens_at_once(write_page: Page, live_server: LiveServer) -> None:
    """The connection that comes back sends what waits, and it may wait already while it is saved."""
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_page.get_by_label("일기", exact=True).fill(WORDS)
    write_page.context.set_offline(False)
    write_page.evaluate(
        """() => {
          const { add } = outbox;
          outbox.add = async (entry) => {
            const id = await add(entry);
            await outbox.sendAll();
            return id;
          };
        }"""
    )
    write_page.keyboard.press("Control+Enter")
    write_page.wait_for_url(DETAIL)
    assert Entry.objects.get().text == WORDS


def test_form_of_the_site_submitted_offline_waits(write_page: Page) -> None:
    """The page came from the site; the connection went while it was written on."""
    write_page.get_by_label("일기", exact=True).fill(f"{WORDS}\n둘째 줄")
    write_page.context.set_offline(True)
    write_page.keyboard.press("Control+Enter")
    expect(write_page.get_by_role("heading", name="보낼 글 1편")).to_be_visible()
    expect(write_page.get_by_label("일기", exact=True)).to_have_value("")  # it is no draft any more
    write_page.context.set_offline(False)
    expect(write_page.get_by_text("기다리던 글 1편을 보냈어요.")).to_be_visible()
    assert Entry.objects.get().text == f"{WORDS}\n둘째 줄"


@pytest.mark.parametrize("status", [None, 502, 503])
def test_server_down_is_like_no_connection(
    page: Page, gate: Gate, log_in: LogIn, owner: User, status: int | None
) -> None:
    log_in(page, owner, gate.url)
    page.goto(gate.url)
    start_worker(page)
    page.get_by_label("일기", exact=True).fill(WORDS)
    gate.shut(status)
    page.keyboard.press("Control+Enter")
    expect(page.get_by_role("heading", name="보낼 글 1편")).to_be_visible()
    assert page.evaluate("navigator.onLine")
    gate.open()
    page.goto(gate.url)
    # Not what the page says: the worker or the page before it may have sent it, and told nobody any more.
    assert sent_entry(page).text == WORDS


def test_background_sync_sends_with_no_page_of_the_site_open(write_page: Page, live_server: LiveServer) -> None:
    devtools = write_page.context.new_cdp_session(write_page)
    registrations: list[str] = []
    devtools.on(
        "ServiceWorker.workerRegistrationUpdated",
        lambda event: registrations.extend(item["registrationId"] for item in event["registrations"]),
    )
    devtools.send("ServiceWorker.enable")
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_offline(write_page)
    write_page.goto("about:blank")
    write_page.context.set_offline(False)
    sync = {"origin": live_server.url, "registrationId": registrations[0], "tag": "outbox", "lastChance": False}
    devtools.send("ServiceWorker.dispatchSyncEvent", sync)
    assert sent_entry(write_page).text == WORDS


def test_answer_lost_on_the_way_makes_no_double(write_page: Page, live_server: LiveServer, owner: User) -> None:
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_offline(write_page)
    [sent] = waiting(write_page)
    # The site has saved it already, and this browser never heard of it.
    services.create_entry(
        user=owner, text=WORDS, written_on=date.fromisoformat(sent["written_on"]), entry_id=sent["id"]
    )
    write_page.context.set_offline(False)
    expect(write_page.get_by_text("기다리던 글 1편을 보냈어요.")).to_be_visible()
    assert Entry.objects.count() == 1


def test_id_taken_by_another_text_is_told_and_can_become_an_entry_of_its_own(
    write_page: Page, live_server: LiveServer, owner: User
) -> None:
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_offline(write_page)
    [sent] = waiting(write_page)
    make_entry(owner, SAD, pk=sent["id"])
    write_page.context.set_offline(False)
    expect(write_page.get_by_text("다른 곳에서 지웠거나 이미 있는 일기예요.")).to_be_visible()
    write_page.get_by_role("button", name="고치기").click()
    expect(write_page.get_by_label("일기", exact=True)).to_have_value(WORDS)
    expect(write_page.locator("[data-outbox]")).to_be_hidden()
    write_page.locator("form.write [type=submit]").click()
    write_page.wait_for_url(DETAIL)
    assert {entry.text for entry in Entry.objects.all()} == {SAD, WORDS}


def test_entry_refused_by_the_site_stays_with_the_reason_and_can_be_deleted(write_page: Page) -> None:
    # On a page of the site, which leaves it to the site to refuse.
    write_page.context.set_offline(True)
    write_page.get_by_label("태그", exact=True).fill("#" + "가" * 40)
    write_offline(write_page)
    write_page.context.set_offline(False)
    expect(write_page.get_by_text("태그 하나는 30자까지 쓸 수 있어요")).to_be_visible()
    expect(write_page.get_by_text("고친 뒤 다시 저장해 주세요.")).to_be_visible()
    expect(write_page.get_by_text("연결되면 보낼게요.")).to_be_hidden()
    assert not Entry.objects.exists()
    write_page.once("dialog", lambda dialog: dialog.dismiss())
    write_page.get_by_role("button", name="지우기").click()
    assert len(waiting(write_page)) == 1
    write_page.once("dialog", lambda dialog: dialog.accept())
    write_page.get_by_role("button", name="지우기").click()
    expect(write_page.locator("[data-outbox]")).to_be_hidden()
    assert waiting(write_page) == []


def test_waiting_entry_is_neither_shown_to_nor_sent_by_another_account(
    write_page: Page, live_server: LiveServer, log_in: LogIn, owner: User, outsider: User
) -> None:
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_offline(write_page)
    log_in(write_page, outsider)
    write_page.context.set_offline(False)
    write_page.goto(live_server.url)
    expect(write_page.get_by_label("일기", exact=True)).to_be_visible()
    write_page.evaluate("outbox.sendAll()")
    expect(write_page.locator("[data-outbox]")).to_be_hidden()
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    expect(write_page.locator("[data-outbox]")).to_be_hidden()
    write_page.context.set_offline(False)
    assert not Entry.objects.exists()

    log_in(write_page, owner)
    write_page.goto(live_server.url)
    expect(write_page.get_by_text("기다리던 글 1편을 보냈어요.")).to_be_visible()
    assert Entry.objects.get().user == owner


def test_logged_out_the_offline_page_is_nobodys(write_page: Page, live_server: LiveServer, owner: User) -> None:
    write_page.get_by_label("일기", exact=True).fill(WORDS)
    write_page.locator(".menu summary").click()
    write_page.get_by_role("button", name="로그아웃").click()
    expect(write_page.get_by_role("link", name="일기 시작하기")).to_be_visible()
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    expect(write_page.get_by_text("이 기기에 로그인해 둔 사람이 없어서")).to_be_visible()
    expect(write_page.get_by_label("일기", exact=True)).to_be_hidden()
    assert WORDS not in write_page.content()


def test_draft_goes_on_offline_and_back(write_page: Page, live_server: LiveServer) -> None:
    text = write_page.get_by_label("일기", exact=True)
    text.fill(WORDS)
    expect(write_page.get_by_text("이 기기에 남겨 두고 있어요")).to_be_visible()
    write_page.context.set_offline(True)
    write_page.reload()
    expect(text).to_have_value(WORDS)
    text.fill(f"{WORDS} 더")
    write_page.context.set_offline(False)
    write_page.reload()
    expect(text).to_have_value(f"{WORDS} 더")


def test_other_pages_offline_lead_to_the_write_page(write_page: Page, live_server: LiveServer) -> None:
    write_page.context.set_offline(True)
    write_page.goto(f"{live_server.url}/entries/")
    expect(write_page.get_by_role("heading", name="지금은 연결되어 있지 않아요")).to_be_visible()
    write_page.get_by_role("link", name="일기 쓰기").click()
    expect(write_page.get_by_label("일기", exact=True)).to_be_visible()


def test_edit_submitted_offline_stays_a_draft(write_page: Page, live_server: LiveServer, owner: User) -> None:
    entry = make_entry(owner)
    write_page.goto(f"{live_server.url}/entries/{entry.pk}/edit/")
    write_page.get_by_label("일기", exact=True).fill(WORDS)
    write_page.context.set_offline(True)
    write_page.keyboard.press("Control+Enter")
    expect(write_page.get_by_role("heading", name="지금은 연결되어 있지 않아요")).to_be_visible()
    write_page.context.set_offline(False)
    write_page.get_by_role("link", name="다시 해 보기").click()
    expect(write_page.get_by_label("일기", exact=True)).to_have_value(WORDS)


def test_caches_hold_no_word_of_anybody(write_page: Page, live_server: LiveServer, owner: User) -> None:
    entry, _is_new = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1), tags=["비밀태그"])
    for path in ("/", "/entries/", f"/entries/{entry.pk}/", f"/entries/{entry.pk}/edit/", "/settings/"):
        write_page.goto(live_server.url + path)
    write_page.context.set_offline(True)
    write_page.goto(live_server.url)
    write_offline(write_page)
    write_page.context.set_offline(False)
    expect(write_page.get_by_text("기다리던 글 1편을 보냈어요.")).to_be_visible()
    kept = write_page.evaluate(CACHED)
    paths = {url.removeprefix(live_server.url).split("?")[0] for url in kept}
    assert {"/offline/", "/offline/elsewhere/"} <= paths
    assert all(path.startswith(("/offline/", "/static/")) for path in paths)
    account = write_page.evaluate("drafts.account")
    for word in (SAD, WORDS, "비밀태그", owner.email, account, "csrfmiddlewaretoken"):
        assert not any(word in body for body in kept.values())


def test_site_can_be_installed(whole_browser: Browser, live_server: LiveServer, log_in: LogIn, owner: User) -> None:
    page = whole_browser.new_page()
    log_in(page, owner)
    page.goto(live_server.url)
    start_worker(page)
    devtools = page.context.new_cdp_session(page)
    errors = devtools.send("Page.getInstallabilityErrors")["installabilityErrors"]
    # A private context has no profile to install into; nothing else may be missing.
    assert [error["errorId"] for error in errors] == ["in-incognito"]
    manifest = devtools.send("Page.getAppManifest")
    assert manifest["errors"] == []
    assert manifest["url"].startswith(live_server.url)


def test_ids_are_made_on_plain_http_too(write_page: Page) -> None:
    script = "() => { Object.defineProperty(crypto, 'randomUUID', { value: undefined }); return outbox.makeId(); }"
    assert UUID(write_page.evaluate(script)).version == 4
