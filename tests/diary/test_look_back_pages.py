"""The pages that look back, and the list's search and filters, for the owner, an outsider and an anonymous visitor."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from diary.models import Entry
from diary.tags import set_tags
from tests.factories import make_entry, make_read_entry

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 3)
PAGES = ("/calendar/", "/calendar/2026-11/", "/calendar/2026/", "/trends/", "/trends/?from=2026-11-01&to=2026-11-30")
LIST = "/entries/"


@pytest.mark.parametrize("page", PAGES)
def test_pages_anonymous_has_to_log_in(client: Client, page: str) -> None:
    response = client.get(page)
    assert response.status_code == 302
    assert response.url.startswith(reverse("account_login"))


@pytest.mark.parametrize("page", PAGES)
def test_pages_show_nobody_elses(outsider_client: Client, owner: User, page: str) -> None:
    entry = make_read_entry(owner, DAY, "anger", tags=("비밀",))
    response = outsider_client.get(page)
    assert response.status_code == 200
    assert str(entry.pk) not in response.text
    assert "분노" not in response.text
    assert "아직 돌아볼 일기가 없어요." in response.text


@pytest.mark.parametrize("page", PAGES)
def test_pages_are_not_stored_and_read_only(owner_client: Client, page: str) -> None:
    assert "no-store" in owner_client.get(page)["Cache-Control"]
    assert owner_client.post(page).status_code == 405


@pytest.mark.parametrize(
    "page", ["/calendar/2026-13/", "/calendar/0000-01/", "/calendar/0000/", "/calendar/26-11/", "/calendar/x/"]
)
def test_calendar_what_is_no_month_is_404(owner_client: Client, page: str) -> None:
    assert owner_client.get(page).status_code == 404


@pytest.mark.parametrize("page", ["/calendar/0001-01/", "/calendar/9999-12/", "/calendar/0001/", "/calendar/9999/"])
def test_calendar_at_the_ends_of_time(owner_client: Client, page: str) -> None:
    assert owner_client.get(page).status_code == 200


def test_calendar_day_leads_to_the_entry_the_list_or_the_write_page(owner_client: Client, owner: User) -> None:
    entry = make_read_entry(owner, DAY, "joy")
    for emotion in ("anger", "joy", "joy", "sadness"):
        make_read_entry(owner, DAY + timedelta(days=1), emotion)
    page = owner_client.get("/calendar/2026-11/").text
    assert f'href="/entries/{entry.pk}/"' in page
    assert 'href="/entries/?from=2026-11-04&amp;to=2026-11-04"' in page
    assert "+1<" in page
    assert 'href="/entries/new/?date=2026-11-05"' in page
    assert "일기를 쓴 날은 2일이에요." in page


def test_calendar_unread_and_unsure_have_a_look_of_their_own(owner_client: Client, owner: User) -> None:
    make_read_entry(owner, DAY, "joy", is_unsure=True)
    make_entry(owner, written_on=DAY + timedelta(days=1))
    page = owner_client.get("/calendar/2026-11/").text
    assert "look-unsure" in page
    assert "look-pending" in page
    assert "기쁨" not in page


def test_calendar_today_is_marked_and_tomorrow_is_no_link(owner_client: Client) -> None:
    today = timezone.localdate()
    page = owner_client.get("/calendar/").text
    assert page.count('aria-current="date"') == 1
    assert f"?date={today}" in page
    assert f"?date={today + timedelta(days=1)}" not in page


def test_calendar_jumps_to_a_month(owner_client: Client) -> None:
    response = owner_client.get("/calendar/", {"month": "2025-02"})
    assert (response.status_code, response.url) == (302, "/calendar/2025-02/")


def test_calendar_wrong_month_is_told(owner_client: Client) -> None:
    response = owner_client.get("/calendar/", {"month": "<b>"})
    assert response.status_code == 200
    assert "달을 읽지 못했어요." in response.text
    assert "<b>" not in response.text


def test_calendar_of_this_month_tells_a_streak(owner_client: Client, owner: User) -> None:
    for days in range(3):
        make_entry(owner, written_on=timezone.localdate() - timedelta(days=days))
    assert "사흘째 이어서 쓰고 있어요." in owner_client.get("/calendar/").text
    Entry.objects.filter(written_on=timezone.localdate() - timedelta(days=1)).delete()
    assert "이어서" not in owner_client.get("/calendar/").text


def test_year_shows_days_without_links_in_the_tab_order(owner_client: Client, owner: User) -> None:
    make_read_entry(owner, DAY, "joy")
    make_read_entry(owner, DAY, "joy")
    make_read_entry(owner, DAY, "anger")
    page = owner_client.get("/calendar/2026/").text
    assert 'title="11/3 기쁨 2, 분노 1"' in page
    assert '<a tabindex="-1" href="/entries/?from=2026-11-03&amp;to=2026-11-03">' in page
    assert page.count('<th scope="row">') == 31
    assert page.count('<th scope="col"><a href="/calendar/2026-') == 12


def test_year_without_entries_is_friendly(owner_client: Client, owner: User) -> None:
    make_entry(owner)
    assert "그해에는 쓴 날이 없어요." in owner_client.get("/calendar/2020/").text


def test_trends_chart_and_table_say_the_same(owner_client: Client, owner: User) -> None:
    make_read_entry(owner, DAY, "joy")
    make_read_entry(owner, DAY, "anger", corrected="joy")
    make_read_entry(owner, DAY, "anger")
    make_entry(owner, written_on=DAY)
    page = owner_client.get("/trends/", {"from": "2026-11-01", "to": "2026-11-10"}).text
    assert "<title>11월 3일 · 기쁨 2/3</title>" in page
    assert '<th scope="row">11월 3일</th><td>2</td><td>1</td><td>3</td>' in page
    assert "아직 읽지 않은 1편은 빼고 세었어요." in page


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ({"period": "8"}, "7, 30, 90, 365 가운데 하나를 골라 주세요."),
        ({"from": "11/12/2026"}, "날짜를 읽지 못했어요."),
        ({"from": "2026-11-05", "to": "2026-11-01"}, "끝나는 날이 시작하는 날보다 빨라요. 날짜를 다시 골라 주세요."),
        ({"from": "0001-01-01"}, "한 번에 50년까지 볼 수 있어요."),
        ({"to": "\x00"}, "날짜를 읽지 못했어요."),
    ],
)
def test_trends_wrong_period_is_told(owner_client: Client, owner: User, query: dict[str, str], told: str) -> None:
    make_read_entry(owner, timezone.localdate())
    response = owner_client.get("/trends/", query)
    assert response.status_code == 200
    assert told in response.text
    assert "1편" in response.text  # the last thirty days are there all the same


@pytest.mark.parametrize("query", [{"from": "2100-01-01"}, {"to": "0001-01-01"}, {"to": "9999-12-31"}])
def test_trends_empty_period_is_friendly(owner_client: Client, owner: User, query: dict[str, str]) -> None:
    make_entry(owner)
    assert "이 기간에는 쓴 일기가 없어요." in owner_client.get("/trends/", query).text


def test_trends_of_unread_entries_only(owner_client: Client, owner: User) -> None:
    make_entry(owner, written_on=timezone.localdate())
    assert "이 기간의 일기는 아직 읽는 중이에요." in owner_client.get("/trends/").text


@pytest.mark.parametrize("count", [1, 15])
@pytest.mark.parametrize(
    ("page", "queries"),
    [("/calendar/", 4), ("/calendar/2026/", 3), ("/trends/", 5)],  # session, user, and what selectors need
)
def test_page_query_counts_do_not_grow(
    owner_client: Client,
    owner: User,
    count: int,
    page: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    today = timezone.localdate()
    make_read_entry(owner, date(2026, 1, 1))
    for number in range(count):
        make_read_entry(owner, today - timedelta(days=number % today.day), tags=("가족", f"태그{number}"))
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    with django_assert_num_queries(queries):
        owner_client.get(page)


def test_write_page_of_a_day(owner_client: Client) -> None:
    page = owner_client.get("/entries/new/", {"date": "2026-11-03"}).text
    assert 'value="2026-11-03"' in page
    assert "이날은 어땠나요?" in page


@pytest.mark.parametrize("text", ["", "x", "9999-12-31", "2026-02-30", "\x00"])
def test_write_page_of_no_past_day_is_todays(owner_client: Client, text: str) -> None:
    page = owner_client.get("/entries/new/", {"date": text}).text
    assert f'value="{timezone.localdate()}"' in page
    assert "오늘은 어땠나요?" in page


# The list


def test_list_marks_what_was_searched_for(owner_client: Client, owner: User) -> None:
    make_entry(owner, "<script>alert(1)</script> 엄마가 & 왔다")
    page = owner_client.get(LIST, {"q": "엄마는"}).text
    assert "<mark>엄마</mark>" in page
    assert "<script>alert" not in page
    assert "&amp; 왔다" in page


def test_list_filters_combine_and_stay_through_paging(owner_client: Client, owner: User) -> None:
    for number in range(25):
        make_read_entry(owner, DAY + timedelta(days=number % 2), "anger", tags=("회사",))
    make_read_entry(owner, DAY, "joy", tags=("회사",))
    make_read_entry(owner, DAY, "anger")
    make_read_entry(owner, DAY - timedelta(days=1), "anger", tags=("회사",))
    query = {"q": "할머니는", "emotion": "anger", "tag": "회사", "from": "2026-11-03", "to": "2026-11-04"}
    page = owner_client.get(LIST, query)
    assert page.context["total"] == 25
    assert 'rel="next" href="?q=%ED%95%A0%EB%A8%B8%EB%8B%88%EB%8A%94&amp;emotion=anger&amp;tag=' in page.text
    assert "&amp;from=2026-11-03&amp;to=2026-11-04&amp;page=2" in page.text
    second = owner_client.get(LIST, {**query, "page": "2"})
    assert len(second.context["page_obj"].object_list) == 5


def test_list_chosen_filters_can_be_removed(owner_client: Client, owner: User) -> None:
    make_read_entry(owner, DAY, tags=("회사",))
    page = owner_client.get(LIST, {"q": "없는말", "tag": "회사", "from": "2026-11-03"}).text
    assert "찾는 일기가 없어요." in page
    assert 'href="/entries/?tag=%ED%9A%8C%EC%82%AC&amp;from=2026-11-03"' in page
    assert 'href="/entries/?q=%EC%97%86%EB%8A%94%EB%A7%90&amp;from=2026-11-03"' in page
    assert '<option value="회사" selected>#회사 (1)</option>' in page


def test_list_wrong_day_is_told_and_nothing_lost(owner_client: Client, owner: User) -> None:
    make_read_entry(owner, DAY, "anger")
    response = owner_client.get(LIST, {"q": "할머니", "emotion": "anger", "from": "3. 11.", "to": "2026-11-04"})
    assert response.status_code == 200
    assert "날짜를 읽지 못했어요." in response.text
    assert 'value="3. 11."' in response.text
    assert response.context["total"] == 1
    assert 'name="emotion" value="anger"' in response.text


def test_list_offers_only_ones_own_tags(outsider_client: Client, outsider: User, owner: User) -> None:
    make_read_entry(owner, DAY, tags=("짝사랑",))
    make_entry(outsider)
    page = outsider_client.get(LIST).text
    assert "짝사랑" not in page
    assert 'name="tag"' not in page


def test_list_search_does_not_find_an_outsiders(outsider_client: Client, owner: User) -> None:
    make_entry(owner, "엄마가 왔다")
    assert "왔다" not in outsider_client.get(LIST, {"q": "엄마"}).text


@pytest.mark.parametrize("count", [1, 20])
def test_list_search_query_count_does_not_grow(
    owner_client: Client, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        set_tags(make_entry(owner, written_on=DAY - timedelta(days=number)), ["가족"])
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    with django_assert_num_queries(6):  # session, user, own tags, ids with texts, page, its tags
        owner_client.get(LIST, {"q": "할머니"})
