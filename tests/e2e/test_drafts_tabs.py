"""What is typed in one tab is lost neither to a save in another tab nor to a deletion, here or on another device."""

from datetime import date

import pytest
from playwright.sync_api import Page, expect
from pytest_django.live_server_helper import LiveServer

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.e2e.writing import DETAIL, drafts_in, save, text_of, type_words
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = "버스에서 고치다 만 글이다."
GONE = "그사이 지워진 일기예요."
OFFER = "그 일기는 그사이 지워졌어요."


@pytest.fixture
def edit_page(write_page: Page, live_server: LiveServer, entry: Entry) -> Page:
    """An edit that is not saved yet."""
    write_page.goto(f"{live_server.url}/entries/{entry.pk}/edit/")
    type_words(write_page, WORDS)
    return write_page


def delete_in_another_tab(page: Page, entry: Entry) -> Page:
    other = page.context.new_page()
    other.goto(page.url.replace("/edit/", "/delete/"))
    other.locator("main").get_by_role("button", name="지우기").click()
    other.wait_for_url("**/entries/")
    assert not Entry.objects.filter(pk=entry.pk).exists()
    return other


def texts_in(page: Page) -> list[str]:
    return sorted(draft["text"] for draft in drafts_in(page))


def test_edit_saved_after_the_entry_was_deleted_in_another_tab_becomes_a_new_entry(
    edit_page: Page, entry: Entry
) -> None:
    delete_in_another_tab(edit_page, entry)
    save(edit_page)
    expect(edit_page.get_by_text(GONE)).to_be_visible()
    expect(text_of(edit_page)).to_have_value(WORDS)
    expect(edit_page.get_by_label("어느 날인가요")).to_have_value("2026-11-01")
    expect(edit_page.get_by_label("태그", exact=True)).to_have_value("#가족")
    assert texts_in(edit_page) == [WORDS]
    edit_page.reload()  # sends it once more
    expect(edit_page.get_by_text(GONE)).to_be_visible()
    assert texts_in(edit_page) == [WORDS]
    save(edit_page)
    edit_page.wait_for_url(DETAIL)
    assert drafts_in(edit_page) == []
    again = Entry.objects.get()
    assert (again.text, again.written_on, again.tag_names) == (WORDS, date(2026, 11, 1), ["가족"])
    assert again.pk != entry.pk


def test_edit_for_anothers_entry_tells_nothing_of_it(edit_page: Page, live_server: LiveServer, outsider: User) -> None:
    theirs = make_entry(outsider, "남의 비밀")
    edit_page.locator("form.write").evaluate("(form, id) => { form.action = `/entries/${id}/edit/`; }", str(theirs.pk))
    save(edit_page)
    expect(edit_page.get_by_text(GONE)).to_be_visible()
    expect(text_of(edit_page)).to_have_value(WORDS)
    assert "남의 비밀" not in edit_page.content()
    theirs.refresh_from_db()
    assert theirs.text == "남의 비밀"


def test_draft_of_an_entry_deleted_in_another_tab_is_offered_as_a_new_one(
    edit_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    other = delete_in_another_tab(edit_page, entry)
    assert texts_in(other) == [WORDS]
    edit_page.close()
    other.goto(live_server.url)
    expect(other.get_by_text(OFFER)).to_be_visible()
    expect(text_of(other)).to_have_value("")


def test_draft_of_an_entry_deleted_on_another_device_is_offered_as_a_new_one(
    edit_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    services.delete_entry(entry=entry, revision=entry.revision)
    edit_page.goto(live_server.url)
    expect(edit_page.get_by_text(OFFER)).to_be_visible()
    type_words(edit_page, "그 앞에서 쓰던 새 글")
    edit_page.get_by_role("button", name="이어 쓰기").click()
    expect(text_of(edit_page)).to_have_value(WORDS)
    assert texts_in(edit_page) == ["그 앞에서 쓰던 새 글", WORDS]
    edit_page.reload()  # a draft of a new entry like any other
    expect(edit_page.get_by_text("쓰던 글을 되살렸어요.")).to_be_visible()
    expect(text_of(edit_page)).to_have_value(WORDS)
    save(edit_page)
    edit_page.wait_for_url(DETAIL)
    assert texts_in(edit_page) == ["그 앞에서 쓰던 새 글"]
    assert Entry.objects.get().tag_names == ["가족"]


def test_draft_of_a_deleted_entry_is_discarded_and_brought_back_again(
    edit_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    services.delete_entry(entry=entry, revision=entry.revision)
    edit_page.goto(live_server.url)
    edit_page.locator('[data-draft-state="gone"]').get_by_role("button", name="지우기").click()
    assert drafts_in(edit_page) == []
    edit_page.get_by_role("button", name="되돌리기").click()
    expect(text_of(edit_page)).to_have_value(WORDS)
    assert texts_in(edit_page) == [WORDS]
    edit_page.get_by_role("button", name="지우고 새로 쓰기").click()
    assert drafts_in(edit_page) == []
    edit_page.reload()
    expect(edit_page.get_by_text(OFFER)).to_be_hidden()


def test_draft_of_an_entry_that_is_there_is_not_offered_as_a_new_one(edit_page: Page, live_server: LiveServer) -> None:
    with edit_page.expect_response(lambda response: response.request.method == "HEAD") as asked:
        edit_page.goto(live_server.url)
    assert asked.value.status == 200
    edit_page.wait_for_timeout(300)
    expect(edit_page.get_by_text(OFFER)).to_be_hidden()
    assert texts_in(edit_page) == [WORDS]


def test_edit_saved_in_one_tab_leaves_the_newer_draft_of_another(
    edit_page: Page, live_server: LiveServer, entry: Entry
) -> None:
    other = edit_page.context.new_page()
    other.goto(edit_page.url)
    newer = f"{WORDS} 다른 탭에서 더."
    type_words(other, newer)
    save(edit_page)
    edit_page.wait_for_url(DETAIL)
    assert texts_in(edit_page) == [newer]
    expect(edit_page.get_by_text("고치다 만 글이 이 기기에 남아 있어요.")).to_be_visible()
    edit_page.get_by_role("link", name="이어서 고치기").click()
    edit_page.get_by_role("button", name="고치던 글 보기").click()
    expect(text_of(edit_page)).to_have_value(newer)
    other.close()
    save(edit_page)
    edit_page.get_by_role("button", name="내가 쓴 글로 저장").click()
    edit_page.wait_for_url(DETAIL)
    assert drafts_in(edit_page) == []
    entry.refresh_from_db()
    assert entry.text == newer


def test_conflict_leaves_the_newer_draft_of_another_tab(edit_page: Page, entry: Entry) -> None:
    other = edit_page.context.new_page()
    other.goto(edit_page.url)
    newer = f"{WORDS} 다른 탭에서 더."
    type_words(other, newer)
    services.update_entry(entry=entry, text="폰에서 고친 글", written_on=entry.written_on, revision=entry.revision)
    save(edit_page)
    expect(edit_page.get_by_role("region", name="지금 저장되어 있는 글")).to_have_text("폰에서 고친 글")
    assert texts_in(edit_page) == sorted([WORDS, newer])


def test_new_entry_saved_in_one_tab_leaves_the_newer_draft_of_another(
    write_page: Page, live_server: LiveServer
) -> None:
    type_words(write_page, f"{WORDS}\n둘째 줄")
    other = write_page.context.new_page()
    other.goto(live_server.url)  # takes up the same draft
    expect(text_of(other)).to_have_value(f"{WORDS}\n둘째 줄")
    newer = f"{WORDS}\n둘째 줄\n셋째 줄 🌧"
    type_words(other, newer)
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert texts_in(write_page) == [newer]
    other.close()
    write_page.goto(live_server.url)
    expect(text_of(write_page)).to_have_value(newer)
    save(write_page)
    write_page.wait_for_url(DETAIL)
    assert drafts_in(write_page) == []
    assert {entry.text for entry in Entry.objects.all()} == {f"{WORDS}\n둘째 줄", newer}


def test_two_tabs_do_not_write_over_each_other(write_page: Page, live_server: LiveServer) -> None:
    other = write_page.context.new_page()
    other.goto(live_server.url)
    type_words(write_page, "첫 번째 탭의 글")
    type_words(other, "두 번째 탭의 글")
    assert {draft["text"] for draft in drafts_in(other)} == {"첫 번째 탭의 글", "두 번째 탭의 글"}
    save(other)
    other.wait_for_url(DETAIL)
    other.goto(live_server.url)
    expect(text_of(other)).to_have_value("첫 번째 탭의 글")
