"""The list of entries, page by page: nothing is missed and nothing comes twice, however much one day holds."""

from base64 import b64encode
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from uuid import UUID

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry
from tests.factories import SAD, make_entry

pytestmark = pytest.mark.django_db

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
NOON = datetime(2026, 11, 1, 12, tzinfo=UTC)


def cursor(words: str) -> str:
    return b64encode(words.encode()).decode()


def beside(side: str, entry: Entry) -> dict[str, str | int]:
    """The query for what is older or newer than an entry, one by one."""
    place = f"{side} {entry.written_on} {entry.created_at.isoformat()} {entry.pk}"
    return {"page_size": 1, "cursor": cursor(place)}


def pages(api: APIClient, address: str | None, link: str) -> Iterator[list[str]]:
    """The ids of each page, from an address on."""
    while address:
        page = api.get(address).json()
        yield ids(page)
        address = page[link]


def ids(page: dict[str, list[dict[str, str]]]) -> list[str]:
    return [item["id"] for item in page["results"]]


def test_days_are_paged(owner_api: APIClient, owner: User) -> None:
    entries = [make_entry(owner, written_on=DAY - timedelta(days=number)) for number in range(25)]
    assert list(chain(*pages(owner_api, ENTRIES, "next"))) == [str(entry.pk) for entry in entries]


def test_a_day_of_many_entries_is_paged_forth_and_back(owner_api: APIClient, owner: User) -> None:
    entries = [Entry(user=owner, text=SAD, written_on=DAY, created_at=NOON) for _ in range(1_300)]
    entries += [Entry(user=owner, text=SAD, written_on=DAY, created_at=NOON + timedelta(hours=1)) for _ in range(99)]
    entries.sort(key=lambda entry: (entry.created_at, entry.pk), reverse=True)
    Entry.objects.bulk_create(entries)
    forth = list(pages(owner_api, f"{ENTRIES}?page_size=100", "next"))
    assert [len(page) for page in forth] == [100] * 13 + [99]
    assert list(chain(*forth)) == [str(entry.pk) for entry in entries]
    back = list(
        pages(owner_api, f"{ENTRIES}?page_size=100&cursor={beside('newer', entries[-99])['cursor']}", "previous")
    )
    assert back == forth[-2::-1]


def test_behind_what_was_deleted_meanwhile_the_page_before_is_whole(owner_api: APIClient, owner: User) -> None:
    first, second, third = (make_entry(owner, written_on=DAY - timedelta(days=number)) for number in range(3))
    page = owner_api.get(ENTRIES, {"page_size": 2}).json()
    third.delete()
    empty = owner_api.get(page["next"]).json()
    assert (empty["results"], empty["next"]) == ([], None)
    assert ids(owner_api.get(empty["previous"]).json()) == [str(first.pk), str(second.pk)]


def test_before_what_was_deleted_meanwhile_the_page_behind_is_whole(owner_api: APIClient, owner: User) -> None:
    first, second, third = (make_entry(owner, written_on=DAY - timedelta(days=number)) for number in range(3))
    assert ids(owner_api.get(ENTRIES, beside("newer", second)).json()) == [str(first.pk)]
    first.delete()
    empty = owner_api.get(ENTRIES, beside("newer", second)).json()
    assert (empty["results"], empty["previous"]) == ([], None)
    assert list(pages(owner_api, empty["next"], "next")) == [[str(second.pk)], [str(third.pk)]]


@pytest.mark.parametrize(
    "words",
    [
        "garbage",
        "p=2026-11-01",
        f"aside 2026-11-01 {NOON.isoformat()} {UUID(int=1)}",
        f"older 2026-99-99 {NOON.isoformat()} {UUID(int=1)}",
        f"older 2026-11-01 2026-11-01T12:00:00 {UUID(int=1)}",
        f"older 2026-11-01 0001-01-01T00:00:00+23:59 {UUID(int=1)}",
        f"older 2026-11-01 {NOON.isoformat()} 1",
        f"older 2026-11-01 {NOON.isoformat()} {UUID(int=1)} 1",
    ],
)
def test_cursor_that_no_answer_gave_is_refused(owner_api: APIClient, words: str) -> None:
    answer = owner_api.get(ENTRIES, {"cursor": cursor(words)})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/cursor"]
