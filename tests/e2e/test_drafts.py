"""What is being written survives everything but a successful save, and shows itself to nobody else."""

from datetime import date, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Dialog, Error, Page, expect
from pytest_django import Settings
from pytest_django.live_server_helper import LiveServer

from accounts.encryption.data_keys import forget_keys
from accounts.models import User
from diary import services
from diary.models import Entry
from tests.e2e import writing
from tests.e2e.conftest import LogIn
from tests.e2e.writing import DETAIL, drafts_in, save, text_of
from tests.factories import HAPPY, SAD

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "버스에서 쓰다 만 글이다. 창밖에 비가 온다."


def type_words(page: Page, words: str = WORDS) -> None:
    writing.type_words(page, words)


def test_draft_survives_a_reload_with_day_and_tags_and_goes_with_the_save(write_page: Page) -> None:
    yesterday = (timezone.localdate() - timedelta(days=1)).isoformat()
    type_words(write_page)
    write_page.get_by_label("어느 날인가요").fill(yesterday)
    write_page.get_by_label("태그", exact=True).fill("#비")
    write_page.reload()
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_visible()
    expect(text_of(write_page)).to_have_value(WORDS)
    assert write_page.get_by_label("어느 날인가요").input_value() == yesterday
    assert write_page.get_by_label("태그", exact=True).input_value() == "#비"

    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert drafts_in(write_page) == []
    write_page.goto("/".join(write_page.url.split("/")[:3]))
    expect(text_of(write_page)).to_have_value("")
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_hidden()
    saved = Entry.objects.get()
    assert (saved.text, saved.written_on.isoformat(), saved.tag_names) == (WORDS, yesterday, ["비"])


def test_draft_survives_a_crash(write_page: Page, live_server: LiveServer) -> None:
    type_words(write_page)
    with pytest.raises(Error, match="crash"):
        write_page.goto("chrome://crash")
    context = write_page.context
    write_page.close()
    again = context.new_page()
    again.goto(live_server.url)
    expect(again.get_by_text("쓰던 글을 되살렸어요.")).to_be_visible()
    expect(text_of(again)).to_have_value(WORDS)


def test_draft_is_kept_when_the_tab_closes_right_after_a_key(write_page: Page, live_server: LiveServer) -> None:
    nags: list[Dialog] = []
    write_page.on("dialog", lambda dialog: (nags.append(dialog), dialog.accept()))
    text_of(write_page).press_sequentially("안녕")
    write_page.get_by_role("link", name="지난 일기").click()  # sooner than the pause in which drafts are kept
    write_page.wait_for_url("**/entries/")
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value("안녕")
    assert nags == []


def test_draft_discarded_and_brought_back_again(write_page: Page) -> None:
    type_words(write_page)
    write_page.reload()
    write_page.get_by_role("button", name="지우고 새로 쓰기").click()
    expect(text_of(write_page)).to_have_value("")
    assert drafts_in(write_page) == []
    write_page.get_by_role("button", name="되돌리기").click()
    expect(text_of(write_page)).to_have_value(WORDS)
    write_page.get_by_role("button", name="지우고 새로 쓰기").click()
    write_page.reload()
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_hidden()
    expect(text_of(write_page)).to_have_value("")


def test_draft_of_another_account_is_never_shown(
    write_page: Page, live_server: LiveServer, log_in: LogIn, owner: User, outsider: User
) -> None:
    type_words(write_page)
    log_in(write_page, outsider)
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value("")
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_hidden()
    type_words(write_page, "다른 사람의 글")
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert [draft["text"] for draft in drafts_in(write_page)] == [WORDS]

    log_in(write_page, owner)
    write_page.goto(live_server.url)
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_visible()
    expect(text_of(write_page)).to_have_value(WORDS)


def test_draft_survives_a_log_out_and_names_nobody(write_page: Page, live_server: LiveServer, owner: User) -> None:
    type_words(write_page)
    write_page.locator(".menu summary").click()
    write_page.get_by_role("button", name="로그아웃").click()
    expect(write_page.get_by_role("link", name="일기 시작하기")).to_be_visible()
    stored = write_page.evaluate("JSON.stringify(localStorage)")
    assert WORDS in stored
    assert owner.email not in stored
    assert write_page.evaluate("localStorage.getItem('account')") is None


def test_draft_refused_by_the_site_stays_and_what_it_refused_wins(write_page: Page, settings: Settings) -> None:
    settings.ENTRY_MAX_LENGTH = 10
    type_words(write_page)
    save(write_page)
    expect(write_page.locator("#text-error")).to_be_visible()
    expect(text_of(write_page)).to_have_value(WORDS)
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_hidden()
    assert [draft["text"] for draft in drafts_in(write_page)] == [WORDS]
    settings.ENTRY_MAX_LENGTH = 1000
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert drafts_in(write_page) == []


def test_draft_stays_after_a_server_error(write_page: Page, live_server: LiveServer) -> None:
    type_words(write_page)
    write_page.locator("form.write [name=csrfmiddlewaretoken]").evaluate("field => { field.value = 'stale'; }")
    save(write_page)
    expect(write_page.get_by_role("heading", name="페이지가 오래되었어요")).to_be_visible()
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value(WORDS)


def test_draft_saved_twice_is_one_entry(write_page: Page, live_server: LiveServer) -> None:
    """The site saves, and its answer is lost: the draft comes back under the id of what was saved."""
    type_words(write_page)
    values = write_page.evaluate("Object.fromEntries(new FormData(document.querySelector('form.write')))")
    write_page.request.post(f"{live_server.url}/entries/", form=values)
    write_page.evaluate("document.cookie = 'settled_draft=; path=/; max-age=0'")
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value(WORDS)
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert Entry.objects.count() == 1


def test_draft_of_an_edit_comes_back_in_place_and_the_entry_tells_of_it(
    write_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    detail = f"{live_server.url}/entries/{entry.pk}/"
    write_page.goto(f"{detail}edit/")
    type_words(write_page, f"{SAD} 덧붙인 말.")
    write_page.get_by_role("link", name="그만두기").click()
    expect(write_page.get_by_text("고치다 만 글이 이 기기에 남아 있어요.")).to_be_visible()
    write_page.get_by_role("link", name="이어서 고치기").click()
    expect(write_page.get_by_text("고치던 글을 되살렸어요.")).to_be_visible()
    expect(text_of(write_page)).to_have_value(f"{SAD} 덧붙인 말.")

    write_page.goto(live_server.url)  # a new entry knows nothing of it
    expect(text_of(write_page)).to_have_value("")
    write_page.goto(f"{detail}edit/")
    save(write_page)
    write_page.wait_for_url(detail)
    expect(write_page.get_by_text("고치다 만 글이 이 기기에 남아 있어요.")).to_be_hidden()
    assert drafts_in(write_page) == []
    entry.refresh_from_db()
    assert entry.text == f"{SAD} 덧붙인 말."


def test_draft_of_an_entry_changed_elsewhere_is_offered_and_ends_in_both_texts(
    write_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    write_page.goto(f"{live_server.url}/entries/{entry.pk}/edit/")
    type_words(write_page, WORDS)
    services.update_entry(entry=entry, text=HAPPY, written_on=entry.written_on, revision=entry.revision)
    write_page.reload()
    expect(write_page.get_by_text("그사이 다른 곳에서 이 일기를 고쳤어요.")).to_be_visible()
    expect(text_of(write_page)).to_have_value(HAPPY)
    write_page.get_by_role("button", name="고치던 글 보기").click()
    expect(text_of(write_page)).to_have_value(WORDS)
    save(write_page)
    expect(write_page.get_by_role("region", name="지금 저장되어 있는 글")).to_have_text(HAPPY)
    expect(text_of(write_page)).to_have_value(WORDS)
    write_page.reload()
    write_page.get_by_role("button", name="내가 쓴 글로 저장").click()
    write_page.wait_for_url(DETAIL)
    assert drafts_in(write_page) == []
    entry.refresh_from_db()
    assert entry.text == WORDS


def test_draft_of_another_day_is_offered(write_page: Page, live_server: LiveServer) -> None:
    write_page.get_by_label("어느 날인가요").fill("2026-01-05")
    type_words(write_page)
    write_page.goto(f"{live_server.url}/entries/new/?date=2026-11-02")
    expect(write_page.get_by_text("이 기기에 다른 날 쓰던 글이 있어요.")).to_be_visible()
    expect(text_of(write_page)).to_have_value("")
    write_page.get_by_role("button", name="이어 쓰기").click()
    expect(text_of(write_page)).to_have_value(WORDS)
    assert write_page.get_by_label("어느 날인가요").input_value() == "2026-01-05"


def test_drafts_expire_after_thirty_days(write_page: Page) -> None:
    type_words(write_page)
    age = "localStorage[key] = JSON.stringify({ ...JSON.parse(localStorage[key]), saved_at: Date.now() - %d * 864e5 })"
    change = 'for (const key of Object.keys(localStorage).filter((name) => name.startsWith("draft:"))) '
    write_page.evaluate(change + age % 29)
    write_page.reload()
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_visible()
    write_page.evaluate(change + age % 31)
    write_page.reload()
    expect(write_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_hidden()
    assert drafts_in(write_page) == []


def test_leaving_is_held_back_only_where_the_draft_could_not_be_kept(
    write_page: Page, live_server: LiveServer
) -> None:
    nags: list[str] = []

    def stay(dialog: Dialog) -> None:
        nags.append(dialog.type)
        dialog.dismiss()

    write_page.on("dialog", stay)
    write_page.evaluate(
        "() => { Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError'); }; }"
    )
    text_of(write_page).press_sequentially("남길 데가 없는 글")
    expect(write_page.get_by_text("이 기기에는 남기지 못했어요.")).to_be_visible()
    write_page.close(run_before_unload=True)
    write_page.wait_for_timeout(500)
    assert nags == ["beforeunload"]
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert nags == ["beforeunload"]


def test_pasted_rich_text_is_plain(write_page: Page, live_server: LiveServer) -> None:
    write_page.context.grant_permissions(["clipboard-read", "clipboard-write"], origin=live_server.url)
    write_page.evaluate(
        """() => navigator.clipboard.write([new ClipboardItem({
            "text/html": new Blob(["<b>굵은</b> <i>글</i>"], { type: "text/html" }),
            "text/plain": new Blob(["굵은 글"], { type: "text/plain" }),
        })])"""
    )
    text_of(write_page).focus()
    write_page.keyboard.press("Control+V")
    expect(text_of(write_page)).to_have_value("굵은 글")


def test_own_tags_are_toggled_by_buttons(write_page: Page, live_server: LiveServer, entry: Entry, owner: User) -> None:
    services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 2), tags=["가족", "비"])
    write_page.reload()
    picks = write_page.get_by_role("group", name="자주 쓰는 태그").get_by_role("button")
    assert picks.all_inner_texts() == ["#가족", "#비"]
    field = write_page.get_by_label("태그", exact=True)
    field.fill("산책")
    picks.nth(0).click()
    picks.nth(1).click()
    expect(field).to_have_value("#산책 #가족 #비")
    expect(picks.nth(0)).to_have_attribute("aria-pressed", "true")
    picks.nth(0).click()
    expect(field).to_have_value("#산책 #비")
    expect(picks.nth(0)).to_have_attribute("aria-pressed", "false")
    text_of(write_page).fill(WORDS)
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert Entry.objects.newest_first().first().tag_names == ["비", "산책"]


def test_draft_survives_that_nothing_can_be_sealed_and_is_saved_later(
    write_page: Page, live_server: LiveServer, entry: Entry, settings: Settings
) -> None:
    """Also past the service worker, which must not take the site's own words for a site that is down."""
    keys = settings.ENCRYPTION_KEYS
    write_page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    write_page.reload()
    type_words(write_page)
    settings.ENCRYPTION_KEYS = (bytes(32),)
    forget_keys()
    save(write_page)
    expect(write_page.get_by_role("heading", name="지금은 저장하지 못해요")).to_be_visible()
    write_page.goto(live_server.url)
    expect(write_page.get_by_role("heading", name="글을 지금은 열 수 없어요")).to_be_visible()
    assert Entry.objects.count() == 1

    settings.ENCRYPTION_KEYS = keys
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value(WORDS)
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert {one.text for one in Entry.objects.all()} == {SAD, WORDS}
    assert drafts_in(write_page) == []
