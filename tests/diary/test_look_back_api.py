"""Calendar, trends, tags and search through the API: the same answers as the pages."""

from datetime import date, timedelta
from typing import Any
from urllib.parse import quote

import pytest
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry
from tests.factories import make_entry, make_read_entry

pytestmark = pytest.mark.django_db

CALENDAR, TRENDS, TAGS, ENTRIES = (f"/api/v1/{name}/" for name in ("calendar", "trends", "tags", "entries"))
DAY = date(2026, 11, 3)


@pytest.mark.parametrize("address", [CALENDAR, TRENDS, TAGS])
def test_anonymous_is_refused(db: None, address: str) -> None:
    response = APIClient().get(address)
    assert response.status_code == 401
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", [CALENDAR, TRENDS, TAGS])
def test_answers_are_not_stored_and_read_only(owner_api: APIClient, address: str) -> None:
    assert "no-store" in owner_api.get(address)["Cache-Control"]
    assert owner_api.post(address).status_code == 405


def test_outsider_sees_nothing(outsider_api: APIClient, owner: User) -> None:
    make_read_entry(owner, DAY, tags=("비밀",))
    assert outsider_api.get(CALENDAR, {"month": "2026-11"}).json()["days"] == []
    assert outsider_api.get(TRENDS, {"from": "2026-11-01", "to": "2026-11-30"}).json()["entry_count"] == 0
    assert outsider_api.get(TAGS).json() == {"results": []}
    assert outsider_api.get(ENTRIES, {"q": "할머니"}).json()["results"] == []


def test_calendar(owner_api: APIClient, owner: User) -> None:
    first = make_read_entry(owner, DAY, "anger", is_unsure=True)
    second = make_read_entry(owner, DAY, "anger", corrected="joy")
    unread = make_entry(owner, written_on=date(2026, 11, 30))
    make_read_entry(owner, date(2026, 12, 1))
    assert owner_api.get(CALENDAR, {"month": "2026-11"}).json() == {
        "month": "2026-11",
        "days": [
            {
                "date": "2026-11-03",
                "entries": [
                    {"id": str(first.pk), "emotion": "anger", "is_unsure": True, "status": "analyzed"},
                    {"id": str(second.pk), "emotion": "joy", "is_unsure": False, "status": "analyzed"},
                ],
            },
            {
                "date": "2026-11-30",
                "entries": [{"id": str(unread.pk), "emotion": None, "is_unsure": False, "status": "pending"}],
            },
        ],
    }


def test_calendar_is_of_this_month(owner_api: APIClient) -> None:
    assert owner_api.get(CALENDAR).json()["month"] == f"{timezone.localdate():%Y-%m}"


@pytest.mark.parametrize("month", ["2026-13", "0000-01", "x", "2026-11-03"])
def test_calendar_wrong_month_points_at_it(owner_api: APIClient, month: str) -> None:
    response = owner_api.get(CALENDAR, {"month": month})
    assert response.status_code == 400
    assert response.json()["errors"] == [{"pointer": "/month", "detail": "2026-11처럼 달을 보내 주세요."}]


def test_trends(owner_api: APIClient, owner: User) -> None:
    for number in range(40):
        day = DAY + timedelta(days=number % 10)  # a Tuesday, four times with anger
        make_read_entry(owner, day, "anger" if day == DAY else "joy", tags=("회사",) if day == DAY else ())
    for _ in range(8):
        make_read_entry(owner, DAY, "anger", tags=("회사",))
    make_entry(owner, written_on=DAY)
    answer = owner_api.get(TRENDS, {"from": "2026-11-03", "to": "2026-11-12"}).json()
    assert (answer["from"], answer["to"], answer["bucket_size"]) == ("2026-11-03", "2026-11-12", "day")
    assert (answer["entry_count"], answer["unread_count"], answer["day_count"]) == (49, 1, 10)
    none = dict.fromkeys(("joy", "sadness", "anger", "anxiety", "embarrassment", "neutral", "unsure"), 0)
    assert answer["counts"] == none | {"joy": 36, "anger": 12}
    assert len(answer["buckets"]) == 10
    assert answer["buckets"][0] == {"from": "2026-11-03", "to": "2026-11-03", "counts": none | {"anger": 12}}
    assert answer["patterns"][0] == {
        "weekday": None,
        "tag": "회사",
        "emotion": "anger",
        "hits": 12,
        "count": 12,
        "total_hits": 12,
        "total": 48,
        "sentence": "‘#회사’ 일기에 분노가 많았어요: 12편 중 12편",
    }
    assert (answer["patterns"][1]["weekday"], answer["patterns"][1]["tag"]) == (2, None)


@pytest.mark.parametrize(
    ("query", "days"),
    [
        ({}, 30),
        ({"period": 7}, 7),
        ({"period": 365}, 365),
        ({"period": 7, "from": "2020-01-01", "to": "2020-01-02"}, 2),
    ],
)
def test_trends_periods(owner_api: APIClient, query: dict[str, Any], days: int) -> None:
    answer = owner_api.get(TRENDS, query).json()
    first, last = (date.fromisoformat(answer[name]) for name in ("from", "to"))
    assert (last - first).days + 1 == days


@pytest.mark.parametrize(
    ("query", "pointer"),
    [
        ({"period": "8"}, "/period"),
        ({"period": "x"}, "/period"),
        ({"from": "x"}, "/from"),
        ({"to": "2026-02-30"}, "/to"),
        ({"from": "2026-11-02", "to": "2026-11-01"}, "/to"),
        ({"from": "0001-01-01"}, "/from"),
    ],
)
def test_trends_wrong_period_points_at_it(owner_api: APIClient, query: dict[str, str], pointer: str) -> None:
    response = owner_api.get(TRENDS, query)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_tags(owner_api: APIClient, owner: User) -> None:
    make_read_entry(owner, DAY, tags=("회사", "가족"))
    make_read_entry(owner, DAY, tags=("회사",))
    assert owner_api.get(TAGS).json() == {"results": [{"name": "가족", "count": 1}, {"name": "회사", "count": 2}]}


def test_list_search_pages_by_cursor_forth_and_back(owner_api: APIClient, owner: User) -> None:
    entries = [make_entry(owner, "엄마가 왔다", DAY - timedelta(days=number)) for number in range(30)]
    for number in range(30):
        make_entry(owner, "산에 갔다", DAY - timedelta(days=number))
    order = [str(entry.pk) for entry in Entry.objects.newest_first() if entry.text == "엄마가 왔다"]
    found, pages, address = [], [], f"{ENTRIES}?q={quote('엄마는')}&page_size=7"
    while address:
        page = owner_api.get(address).json()
        pages.append([item["id"] for item in page["results"]])
        found += pages[-1]
        previous, address = page["previous"], page["next"]
    assert found == order
    assert len(found) == len(entries)
    assert [item["id"] for item in owner_api.get(previous).json()["results"]] == pages[-2]


@pytest.mark.parametrize("count", [2, 20])
def test_list_search_query_count_does_not_grow(
    owner_api: APIClient, owner: User, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        make_read_entry(owner, DAY - timedelta(days=number))
    with django_assert_num_queries(3):  # ids with texts, entries with analyses, tags
        assert len(owner_api.get(ENTRIES, {"q": "할머니"}).json()["results"]) == count


def test_list_search_with_filters(owner_api: APIClient, owner: User) -> None:
    wanted = make_read_entry(owner, DAY, "anger", tags=("회사",))
    make_read_entry(owner, DAY, "anger")
    make_read_entry(owner, DAY, "joy", tags=("회사",))
    make_read_entry(owner, DAY - timedelta(days=1), "anger", tags=("회사",))
    query = {"q": "할머니는", "emotion": "anger", "tag": "회사", "from": "2026-11-03"}
    assert [item["id"] for item in owner_api.get(ENTRIES, query).json()["results"]] == [str(wanted.pk)]
