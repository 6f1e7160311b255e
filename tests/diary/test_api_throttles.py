"""How often the API may be asked: by person and address, with room for bursts, across processes, and without Redis."""

import logging
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings
from rest_framework.test import APIClient

from diary.api.buckets import LocalBuckets, Rate
from diary.api.redis_buckets import RedisBuckets
from tests.services.redis import RedisServer

ENTRIES = "/api/v1/entries/"
NEW = {"text": "글", "written_on": "2026-11-01"}


def limit(settings: Settings, **rates: tuple[int, int] | None) -> None:
    settings.API_RATES = settings.API_RATES | rates


def statuses(client: Client, path: str, count: int, **options: object) -> list[int]:
    return [client.get(path, **options).status_code for _ in range(count)]


@pytest.fixture(params=["local", "redis"])
def buckets(request: pytest.FixtureRequest) -> LocalBuckets | RedisBuckets:
    if request.param == "local":
        return LocalBuckets()
    return RedisBuckets(request.getfixturevalue("redis_server").url)


def test_bucket_gives_a_burst_and_then_a_steady_trickle(buckets: LocalBuckets | RedisBuckets, tmp_path: Path) -> None:
    rate = Rate(5, 5)
    key = tmp_path.name
    assert [buckets.take(key, rate) for _ in range(5)] == [0] * 5
    wait = buckets.take(key, rate)
    assert 0 < wait <= 1
    assert buckets.take(f"{key} of somebody else", rate) == 0
    time.sleep(wait)
    assert buckets.take(key, rate) == 0
    assert buckets.take(key, rate) > 0


def test_refused_requests_do_not_prolong_the_wait(buckets: LocalBuckets | RedisBuckets, tmp_path: Path) -> None:
    rate, key = Rate(1, 60), tmp_path.name
    waits = [buckets.take(key, rate) for _ in range(5)]
    assert waits[0] == 0
    assert 50 < waits[-1] <= waits[1] <= 60


def test_bucket_of_many_threads_gives_no_more_than_it_holds(
    buckets: LocalBuckets | RedisBuckets, tmp_path: Path
) -> None:
    with ThreadPoolExecutor(16) as threads:
        waits = list(threads.map(lambda _: buckets.take(tmp_path.name, Rate(30, 3600)), range(100)))
    assert waits.count(0) == 30


def test_local_buckets_forget_who_has_not_come_for_long() -> None:
    buckets = LocalBuckets()
    for number in range(buckets.MANY):
        buckets.take(str(number), Rate(1, 60) if number % 2 else Rate(1_000_000_000, 1))
    time.sleep(0.01)
    buckets.take("one more", Rate(1, 60))
    assert len(buckets._full_at) == buckets.MANY // 2 + 1
    assert buckets.take("1", Rate(1, 60)) > 0


@pytest.mark.django_db
def test_person_over_the_limit_is_told_when_to_come_back(owner_api: APIClient, settings: Settings) -> None:
    limit(settings, read=(3, 60))
    assert statuses(owner_api, ENTRIES, 4) == [200, 200, 200, 429]
    response = owner_api.get(ENTRIES)
    assert 15 <= int(response["Retry-After"]) <= 20
    assert f"{response['Retry-After']}초 뒤에" in response.json()["detail"]


@pytest.mark.django_db
def test_limits_are_of_each_person_whatever_their_address(
    owner_api: APIClient, outsider_api: APIClient, settings: Settings
) -> None:
    limit(settings, read=(1, 60))
    assert statuses(owner_api, ENTRIES, 2) == [200, 429]
    assert statuses(owner_api, ENTRIES, 1, REMOTE_ADDR="192.0.2.9") == [429]
    assert statuses(outsider_api, ENTRIES, 2) == [200, 429]


@pytest.mark.django_db
def test_reads_writes_searches_and_heavy_work_are_counted_apart(owner_api: APIClient, settings: Settings) -> None:
    limit(settings, read=(1, 60), write=(1, 60), search=(1, 60), heavy=(1, 60))
    found = {
        "read": statuses(owner_api, ENTRIES, 2),
        "search": statuses(owner_api, f"{ENTRIES}?q=글", 2),
        "write": [owner_api.post(ENTRIES, NEW, format="json").status_code for _ in range(2)],
        "heavy": [
            owner_api.post("/api/v1/import/?dry_run=1", "x", content_type="text/csv").status_code for _ in range(2)
        ],
    }
    assert found == {"read": [200, 429], "search": [200, 429], "write": [201, 429], "heavy": [400, 429]}


@pytest.mark.django_db
def test_off_means_no_limit(owner_api: APIClient, settings: Settings) -> None:
    limit(settings, read=None)
    assert set(statuses(owner_api, ENTRIES, 700)) == {200}


@pytest.mark.django_db
def test_phone_after_a_flight_may_send_hundreds_of_entries_at_once(owner_api: APIClient) -> None:
    found = {owner_api.post(ENTRIES, NEW, format="json").status_code for _ in range(300)}
    assert found == {201}


@pytest.mark.django_db
def test_who_is_not_logged_in_is_counted_by_address(client: Client, settings: Settings) -> None:
    limit(settings, anonymous=(2, 60))
    assert statuses(client, ENTRIES, 3) == [401, 401, 429]
    assert client.get(ENTRIES)["Retry-After"]
    assert statuses(client, "/api/schema/", 1) == [429]
    assert statuses(client, ENTRIES, 1, headers={"x-session-token": "made-up"}) == [429]
    assert statuses(client, ENTRIES, 1, REMOTE_ADDR="192.0.2.9") == [401]


@pytest.mark.django_db
def test_strangers_at_an_address_do_not_lock_out_who_is_logged_in_there(
    client: Client, owner_api: APIClient, settings: Settings
) -> None:
    limit(settings, anonymous=(1, 60))
    assert statuses(client, ENTRIES, 2) == [401, 429]
    assert statuses(owner_api, ENTRIES, 2) == [200, 200]


@pytest.mark.django_db
def test_forwarded_address_counts_only_from_a_proxy_of_ours(client: Client, settings: Settings) -> None:
    limit(settings, anonymous=(1, 60))
    spoofed = [client.get(ENTRIES, headers={"x-forwarded-for": f"192.0.2.{n}"}).status_code for n in range(3)]
    assert spoofed == [401, 429, 429]


@pytest.mark.django_db
def test_behind_a_proxy_only_what_it_has_added_counts(client: Client, settings: Settings) -> None:
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    limit(settings, anonymous=(1, 60))
    spoofed = [client.get(ENTRIES, headers={"x-forwarded-for": f"192.0.2.{n}, 203.0.113.7"}) for n in range(3)]
    assert [response.status_code for response in spoofed] == [401, 429, 429]
    assert statuses(client, ENTRIES, 1, headers={"x-forwarded-for": "203.0.113.8"}) == [401]


@pytest.mark.django_db
def test_addresses_of_one_ipv6_network_count_together(client: Client, settings: Settings) -> None:
    limit(settings, anonymous=(1, 60))
    found = [client.get(ENTRIES, REMOTE_ADDR=f"2001:db8:0:{net}::{host}") for net, host in ((1, 1), (1, 2), (2, 1))]
    assert [response.status_code for response in found] == [401, 429, 401]


@pytest.mark.django_db
def test_redis_that_is_down_lets_everything_through_and_warns_once(
    owner_api: APIClient, settings: Settings, redis_server: RedisServer, caplog: pytest.LogCaptureFixture
) -> None:
    settings.REDIS_URL = redis_server.url
    limit(settings, read=(1, 60))
    assert statuses(owner_api, ENTRIES, 2) == [200, 429]
    redis_server.process.kill()
    try:
        with caplog.at_level(logging.WARNING, logger="diary.api.redis_buckets"):
            assert statuses(owner_api, ENTRIES, 20) == [200] * 20
    finally:
        redis_server.start()
    assert caplog.text.count("Redis does not answer") == 1


def test_last_token_is_given_whatever_the_clock_shows(monkeypatch: pytest.MonkeyPatch) -> None:
    buckets = LocalBuckets()
    for number in range(1_000):
        monkeypatch.setattr(time, "monotonic", lambda now=number * 1234.567: now)
        assert buckets.take(str(number), Rate(1, 3600)) == 0
