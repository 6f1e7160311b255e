"""Syncing: a phone that follows `next` and `next_updated_since` has the whole diary, and nothing that was deleted."""

import threading
import uuid
from base64 import urlsafe_b64encode
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from itertools import count
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary import changes, services
from diary.models import ChangeClock, Entry, Tombstone
from tests.factories import HAPPY, SAD

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
BEGINNING = "1970-01-01T00:00:00Z"
DAY = date(2026, 11, 1)


def write(user: User, text: str = SAD, **fields: Any) -> Entry:
    """An entry that nobody has read yet."""
    return services.create_entry(user=user, text=text, written_on=DAY, is_read_later=True, **fields)[0]


class Phone:
    """Syncs as the documentation says."""

    def __init__(self, client: APIClient, page_size: int = 3) -> None:
        self.client, self.page_size = client, page_size
        self.since = BEGINNING
        self.texts: dict[str, str] = {}
        self.told: list[str] = []  # the ids of all that it was ever told, in order

    def sync(self) -> None:
        page = self.client.get(ENTRIES, {"updated_since": self.since, "page_size": self.page_size}).json()
        while True:
            assert len(page["results"]) + len(page["deleted"]) <= self.page_size
            self.take(page)
            if page["next"] is None:
                break
            assert page["next_updated_since"] is None
            page = self.client.get(page["next"]).json()
        self.since = page["next_updated_since"]

    def take(self, page: dict[str, Any]) -> None:
        for entry in page["results"]:
            self.texts[entry["id"]] = entry["text"]
        for stone in page["deleted"]:
            self.texts.pop(stone["id"], None)
        self.told += [item["id"] for item in (*page["results"], *page["deleted"])]


@pytest.fixture
def phone(owner_api: APIClient) -> Phone:
    return Phone(owner_api)


def diary_of(user: User) -> dict[str, str]:
    return {str(entry.pk): entry.text for entry in Entry.objects.of(user)}


def test_sync_brings_everything_once_and_then_what_is_new(owner: User, phone: Phone) -> None:
    entries = [write(owner, f"글 {number}") for number in range(10)]
    phone.sync()
    assert phone.told == [str(entry.pk) for entry in entries]
    assert phone.texts == diary_of(owner)

    phone.told.clear()
    phone.sync()
    assert phone.told == []

    services.update_entry(entry=entries[4], text="고친 글", written_on=DAY, revision=1)
    services.delete_entry(entry=entries[2], revision=1)
    new = write(owner, "새 글")
    phone.sync()
    assert sorted(phone.told) == sorted(str(entry.pk) for entry in (entries[4], entries[2], new))
    assert phone.texts == diary_of(owner)


@pytest.mark.parametrize("page_size", [1, 2, 7])
def test_pages_lose_and_double_nothing_while_others_write(owner: User, owner_api: APIClient, page_size: int) -> None:
    entries = [write(owner, f"글 {number}") for number in range(12)]
    changed: Counter[str] = Counter(str(entry.pk) for entry in entries)
    phone = Phone(owner_api, page_size)
    page = owner_api.get(ENTRIES, {"updated_since": BEGINNING, "page_size": page_size}).json()
    for number in count():
        phone.take(page)
        if page["next"] is None:
            break
        if number < 6:
            entry = entries[number if number % 2 else -1 - number]
            if number % 2:
                services.delete_entry(entry=entry, revision=1)
            else:
                services.update_entry(entry=entry, text="고친 글", written_on=DAY, revision=1)
            changed[str(entry.pk)] += 1
        page = owner_api.get(page["next"]).json()
    assert phone.texts == diary_of(owner)
    assert Counter(phone.told) <= changed


def test_changes_of_one_moment_go_over_pages(owner: User, phone: Phone) -> None:
    """As after an import, or after the upgrade that brought syncing: no page ends between two of them for good."""
    for number in range(10):
        write(owner, f"글 {number}")
    Entry.objects.of(owner).update(changed_at=ChangeClock.objects.get(user=owner).changed_at)
    phone.sync()
    assert phone.told == sorted(diary_of(owner))


def test_each_change_is_later_than_the_one_before_though_the_clock_goes_back(
    owner: User, monkeypatch: pytest.MonkeyPatch, phone: Phone
) -> None:
    write(owner)
    now = timezone.now()
    phone.sync()
    monkeypatch.setattr(timezone, "now", lambda: now - timedelta(hours=5))
    with transaction.atomic():
        first = changes.take_turn(owner.pk)
    with transaction.atomic():
        assert changes.take_turn(owner.pk) - first == timedelta(microseconds=1)
    entry = write(owner, HAPPY)
    phone.sync()
    assert phone.texts[str(entry.pk)] == HAPPY


@pytest.mark.postgresql_only
def test_change_that_is_committed_late_is_not_missed(owner: User, phone: Phone) -> None:
    """Another transaction of the same person waits for the first: no later moment is seen before an earlier one."""
    has_turn, may_end = threading.Event(), threading.Event()

    def write_slowly() -> None:
        try:
            with transaction.atomic():
                moment = changes.take_turn(owner.pk)
                Entry.objects.create(user=owner, text="늦게 끝난 글", written_on=DAY, changed_at=moment)
                has_turn.set()
                assert may_end.wait(20)
        finally:
            connection.close()

    def write_after() -> None:
        try:
            write(owner, "다음 글")
        finally:
            connection.close()

    write(owner, "첫 글")
    slow, after = threading.Thread(target=write_slowly), threading.Thread(target=write_after)
    slow.start()
    assert has_turn.wait(20)
    after.start()
    phone.sync()
    assert set(phone.texts.values()) == {"첫 글"}
    may_end.set()
    slow.join()
    after.join()
    phone.sync()
    assert set(phone.texts.values()) == {"첫 글", "늦게 끝난 글", "다음 글"}


def test_what_changes_between_the_two_lists_is_told_the_next_time(
    owner: User, phone: Phone, monkeypatch: pytest.MonkeyPatch
) -> None:
    entry, other = write(owner, "하나"), write(owner, "둘")
    real = changes.selectors.list_entries

    def write_meanwhile(**arguments: Any) -> Any:
        monkeypatch.undo()
        services.update_entry(entry=entry, text="고친 글", written_on=DAY, revision=1)
        services.delete_entry(entry=other, revision=1)
        return real(**arguments)

    monkeypatch.setattr(changes.selectors, "list_entries", write_meanwhile)
    phone.sync()
    assert phone.texts == {}
    phone.sync()
    assert phone.texts == diary_of(owner) == {str(entry.pk): "고친 글"}


def test_quiet_diary_answers_alike_and_never_expires(owner_api: APIClient, owner: User) -> None:
    write(owner)
    long_ago = timezone.now() - timedelta(days=400)
    Entry.objects.of(owner).update(changed_at=long_ago)
    ChangeClock.objects.filter(user=owner).update(changed_at=long_ago)
    first = owner_api.get(ENTRIES, {"updated_since": BEGINNING})
    since = datetime.fromisoformat(first.json()["next_updated_since"])
    assert timedelta(days=1) <= timezone.now() - since <= timedelta(days=2, minutes=1)
    again = owner_api.get(ENTRIES, {"updated_since": first.json()["next_updated_since"]})
    assert (again.json()["results"], again.json()["next_updated_since"]) == ([], first.json()["next_updated_since"])
    empty = APIClient()
    empty.force_authenticate(User.objects.create_user("new@example.com"))
    assert empty.get(ENTRIES, {"updated_since": BEGINNING}).json()["results"] == []


def test_too_long_away_answers_410(owner_api: APIClient, owner: User) -> None:
    write(owner)
    days_ago = {days: (timezone.now() - timedelta(days=days)).isoformat() for days in (179, 181)}
    assert owner_api.get(ENTRIES, {"updated_since": days_ago[179]}).status_code == 200
    response = owner_api.get(ENTRIES, {"updated_since": days_ago[181]})
    assert response.status_code == 410
    assert response["Content-Type"] == "application/problem+json"
    assert response.json()["type"] == "urn:moduhyu:sync-expired"
    assert BEGINNING in response.json()["detail"]


def test_cursor_of_long_ago_answers_410_too(owner_api: APIClient) -> None:
    old = (timezone.now() - timedelta(days=181)).isoformat()
    cursor = urlsafe_b64encode(f"{old} {old} {uuid.uuid4()}".encode()).decode()
    assert owner_api.get(ENTRIES, {"updated_since": BEGINNING, "cursor": cursor}).status_code == 410


def test_first_sync_goes_on_however_old_the_entries_are(owner: User, phone: Phone) -> None:
    for number in range(5):
        write(owner, f"글 {number}")
    Entry.objects.of(owner).update(changed_at=timezone.now() - timedelta(days=1_000))
    phone.page_size = 2
    phone.sync()
    assert phone.texts == diary_of(owner)


def text_cursor(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode()


NOW = "2026-11-01T00:00:00+00:00"


@pytest.mark.parametrize(
    ("query", "pointers"),
    [
        ({"updated_since": ""}, ["/updated_since"]),
        ({"updated_since": "yesterday"}, ["/updated_since"]),
        ({"updated_since": "2026-11-01"}, ["/updated_since"]),
        ({"updated_since": "2026-11-01T00:00:00"}, ["/updated_since"]),
        ({"updated_since": "2026-11-01T00:00:00 09:00"}, ["/updated_since"]),
        ({"updated_since": "0001-01-01T00:00:00+09:00"}, ["/updated_since"]),
        ({"updated_since": "2999-01-01T00:00:00Z"}, ["/updated_since"]),
        ({"updated_since": "\x00"}, ["/updated_since"]),
        ({"updated_since": BEGINNING, "cursor": "garbage"}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": "한글"}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": ""}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": text_cursor("")}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": text_cursor(f"{NOW} {NOW} 7")}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": text_cursor(f"{NOW} {NOW[:19]} {uuid.UUID(int=1)}")}, ["/cursor"]),
        ({"updated_since": BEGINNING, "cursor": text_cursor("é")}, ["/cursor"]),
        ({"updated_since": BEGINNING, "page_size": "0"}, ["/page_size"]),
        ({"updated_since": BEGINNING, "q": "말", "emotion": "joy"}, ["/q", "/emotion"]),
    ],
)
def test_wrong_queries_are_pointed_at(owner_api: APIClient, query: dict[str, str], pointers: list[str]) -> None:
    response = owner_api.get(ENTRIES, query)
    assert response.status_code == 400
    assert [error["pointer"] for error in response.json()["errors"]] == pointers


@pytest.mark.parametrize("zone", ["Z", "+00:00", "+09:00", "-03:30"])
def test_moments_of_any_offset_are_the_same(owner_api: APIClient, owner: User, zone: str) -> None:
    first, second = write(owner, "하나"), write(owner, "둘")
    offset = datetime.fromisoformat(f"2026-11-01T00:00:00{zone}").tzinfo
    since = Entry.objects.get(pk=first.pk).changed_at.astimezone(offset).isoformat()
    found = owner_api.get(ENTRIES, {"updated_since": since}).json()["results"]
    assert [entry["id"] for entry in found] == [str(second.pk)]
    assert datetime.fromisoformat(found[0]["changed_at"]) == Entry.objects.get(pk=second.pk).changed_at


def test_outsider_is_told_nothing(outsider_api: APIClient, owner: User) -> None:
    write(owner)
    services.delete_entry(entry=write(owner), revision=1)
    page = outsider_api.get(ENTRIES, {"updated_since": BEGINNING}).json()
    assert (page["results"], page["deleted"]) == ([], [])


@pytest.mark.parametrize("number", [1, 15])
def test_sync_query_count_does_not_grow(
    owner_api: APIClient,
    owner: User,
    catalogue: None,
    number: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(number):
        services.create_entry(user=owner, text=f"{SAD} {place}", written_on=DAY, tags=["가족"])
        services.delete_entry(entry=write(owner), revision=1)
    with django_assert_num_queries(4):  # clock, tombstones, entries with analyses, tags
        page = owner_api.get(ENTRIES, {"updated_since": BEGINNING, "page_size": 100}).json()
    assert (len(page["results"]), len(page["deleted"])) == (number, number)


def test_deleted_entry_does_not_come_back_by_a_retry(owner_api: APIClient, owner: User, phone: Phone) -> None:
    body = {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01"}
    created = owner_api.post(ENTRIES, body, format="json")
    owner_api.delete(f"{ENTRIES}{body['id']}/", headers={"If-Match": created["ETag"]})
    for text in (SAD, HAPPY):
        response = owner_api.post(ENTRIES, body | {"text": text}, format="json")
        assert (response.status_code, response.json()["type"]) == (410, "urn:moduhyu:entry-deleted")
    phone.sync()
    assert phone.told == [body["id"]]
    assert not Entry.objects.exists()


def test_id_that_another_person_deleted_is_free(outsider_api: APIClient, owner: User) -> None:
    entry = write(owner, entry_id=uuid.uuid4())
    services.delete_entry(entry=entry, revision=1)
    body = {"id": str(entry.pk), "text": SAD, "written_on": "2026-11-01"}
    assert outsider_api.post(ENTRIES, body, format="json").status_code == 201


def test_tombstones_are_forgotten_after_180_days(owner: User, outsider: User) -> None:
    old, kept = write(owner, entry_id=uuid.uuid4()), write(owner)
    for entry in (old, kept):
        services.delete_entry(entry=entry, revision=1)
    moment = datetime.now(UTC) - timedelta(days=180, minutes=1)
    Tombstone.objects.filter(entry_id=old.pk).update(deleted_at=moment)
    services.delete_entry(entry=write(outsider), revision=1)
    assert list(Tombstone.objects.of(owner).values_list("entry_id", flat=True)) == [kept.pk]
    assert write(owner, entry_id=old.pk).pk == old.pk
