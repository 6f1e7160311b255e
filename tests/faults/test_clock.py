"""The server's clock goes back, by days: nothing is lost, nobody is locked out, nothing waits until it catches up."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import redis
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from diary import services
from diary.api.buckets import Rate
from diary.api.redis_buckets import RedisBuckets
from diary.models import Entry
from diary.tasks import analyze_overdue_task
from tests.factories import HAPPY, SAD, make_entry
from tests.services.redis import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"


class Clock:
    """What `timezone.now` tells."""

    def __init__(self) -> None:
        self.ahead = timedelta()

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[Clock]:
    clock = Clock()
    monkeypatch.setattr(timezone, "now", clock.now)
    return clock


def sync(api: APIClient, since: str) -> tuple[set[str], str]:
    """The texts that changed since then, and since when to ask the next time."""
    page = api.get(ENTRIES, {"updated_since": since, "page_size": 100}).json()
    return {entry["text"] for entry in page["results"]}, page["next_updated_since"]


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(days=3), timedelta(days=400)])
def test_phone_that_synced_while_the_clock_was_ahead_misses_nothing(
    owner: User, owner_api: APIClient, catalogue: None, clock: Clock, ahead: timedelta
) -> None:
    day = timezone.localdate()
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=day)
    clock.ahead = ahead
    _texts, since = sync(owner_api, "1970-01-01T00:00:00Z")
    clock.ahead = timedelta()
    services.create_entry(user=owner, text=HAPPY, written_on=day)
    texts, since = sync(owner_api, since)
    assert HAPPY in texts
    services.update_entry(entry=entry, text="고친 글", written_on=day, revision=1)
    assert "고친 글" in sync(owner_api, since)[0]


@pytest.mark.parametrize("ahead", [timedelta(hours=5), timedelta(days=3), timedelta(days=60)])
def test_phone_is_told_of_what_was_written_while_the_clock_was_ahead_and_of_what_came_later(
    owner: User, owner_api: APIClient, catalogue: None, clock: Clock, ahead: timedelta
) -> None:
    day = timezone.localdate()
    _texts, since = sync(owner_api, "1970-01-01T00:00:00Z")
    clock.ahead = ahead
    services.create_entry(user=owner, text=SAD, written_on=day)
    texts, since = sync(owner_api, since)
    assert texts == {SAD}
    clock.ahead = timedelta()
    services.create_entry(user=owner, text=HAPPY, written_on=day)
    assert sync(owner_api, since)[0] == {HAPPY}


def test_session_goes_on(owner_client: Client, catalogue: None, clock: Clock) -> None:
    clock.ahead = -timedelta(days=3)
    today = timezone.localdate()
    page = owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": today, "tags": ""})
    assert page.status_code == 302
    assert "장례식" in owner_client.get(page["Location"]).text


def test_limits_of_a_redis_whose_clock_went_back_hold_nobody_up(redis_server: RedisServer) -> None:
    client = redis.Redis.from_url(redis_server.url)
    client.set("rate:write:user:7", time.time() + 3 * 24 * 3600)
    wait = RedisBuckets(redis_server.url).take("write:user:7", Rate(10, 60))
    assert 0 < wait <= 6  # as if the bucket were empty
    client.delete("rate:write:user:7")


def test_entry_queued_by_a_clock_that_was_ahead_is_read(owner: User, catalogue: None, clock: Clock) -> None:
    entry = make_entry(owner, queued_at=timezone.now() + timedelta(days=3))
    just_now = make_entry(owner)
    analyze_overdue_task()
    entry.refresh_from_db()
    just_now.refresh_from_db()
    assert (entry.status, just_now.status) == (Entry.Status.ANALYZED, Entry.Status.PENDING)
