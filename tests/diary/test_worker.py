"""With a broker: the save answers at once, a real worker reads the entry, and an outage loses nothing."""

import base64
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import date
from pathlib import Path
from typing import Any

import kombu.pools
import pytest
import redis
from celery.exceptions import SoftTimeLimitExceeded
from django.db import connection, transaction
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.encryption.master_keys import newest_master_key
from accounts.models import User
from diary import analysis, services
from diary.models import Analysis, Entry
from diary.tasks import MAX_RETRIES, analyze_entry_task
from moduhyu.celery import app
from moduhyu.log_context import request_id
from tests.diary.test_model_version import NEW, SHIPPED_VERSION, make_version
from tests.factories import SAD
from tests.services.process import ServiceProcess
from tests.services.redis import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
Worker = Callable[[Mapping[str, str]], AbstractContextManager[ServiceProcess]]


def forget_connections() -> None:
    """Make Celery connect anew, to the broker that it is configured for now; as after a fork."""
    kombu.pools.reset()
    app._after_fork()


@pytest.fixture
def broker(redis_server: RedisServer) -> Iterator[RedisServer]:
    """This process sends its tasks to a real Redis."""
    before = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}
    app.conf.update(broker_url=redis_server.url, task_always_eager=False)
    forget_connections()
    yield redis_server
    if not redis_server.process.is_running:
        redis_server.start()
    app.conf.update(before)
    forget_connections()


@pytest.fixture
def worker_environment(broker: RedisServer, settings: Settings) -> dict[str, str]:
    """A worker on this test's database and broker, with the keys of this process wherever its files lie."""
    database = connection.settings_dict
    url = f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"
    return dict(os.environ) | {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "DATABASE_URL": url,
        "CELERY_BROKER_URL": broker.url,
        "ENCRYPTION_KEYS": ",".join(base64.urlsafe_b64encode(key).decode() for key in settings.ENCRYPTION_KEYS),
    }


def wait_until_analyzed(entry: Entry, seconds: float = 30) -> Entry:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        entry.refresh_from_db()
        if entry.status == Entry.Status.ANALYZED:
            break
        time.sleep(0.1)
    return entry


def test_broker_down_entry_is_saved_quickly_and_stays_pending(owner: User, broker: RedisServer) -> None:
    broker.process.kill()
    entry, is_new = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert is_new
    assert entry.status == Entry.Status.PENDING
    assert entry.text == SAD


def test_broker_restarted_next_save_is_queued(owner: User, broker: RedisServer) -> None:
    services.create_entry(user=owner, text=SAD, written_on=DAY)
    broker.process.kill()
    broker.start()
    services.create_entry(user=owner, text=SAD, written_on=DAY)
    client = redis.Redis.from_url(broker.url)
    queued = client.llen("celery")
    client.flushall()
    assert queued == 2


def test_task_arguments_hold_no_text(owner: User, broker: RedisServer) -> None:
    services.create_entry(user=owner, text=SAD, written_on=DAY)
    client = redis.Redis.from_url(broker.url)
    queued = b"".join(client.lrange("celery", 0, -1))
    client.flushall()
    assert b"analyze_entry_task" in queued
    assert SAD.encode() not in queued


@pytest.mark.postgresql_only
def test_worker_reads_what_was_saved_before_it_started(
    owner: User,
    catalogue: None,
    celery_worker_process: Worker,
    worker_environment: dict[str, str],
) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert entry.status == Entry.Status.PENDING
    with celery_worker_process(worker_environment):
        entry = wait_until_analyzed(entry)
    assert entry.status == Entry.Status.ANALYZED
    assert entry.recommendations.count() == 12


@pytest.mark.postgresql_only
def test_worker_without_a_model_marks_failed_then_succeeds(
    owner: User,
    catalogue: None,
    celery_worker_process: Worker,
    worker_environment: dict[str, str],
    settings: Settings,
    tmp_path: Path,
) -> None:
    model = tmp_path / "model"
    with celery_worker_process(worker_environment | {"EMOTION_MODEL_DIR": str(model)}):
        entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
        deadline = time.monotonic() + 30
        while entry.status != Entry.Status.FAILED and time.monotonic() < deadline:
            entry.refresh_from_db()
            time.sleep(0.05)
        assert entry.status == Entry.Status.FAILED
        model.symlink_to(settings.EMOTION_MODEL_DIR)  # the operator puts it back; the retries find it
        assert wait_until_analyzed(entry).status == Entry.Status.ANALYZED


@pytest.mark.postgresql_only
def test_worker_without_the_key_fails_and_one_that_has_it_reads(
    owner: User, catalogue: None, celery_worker_process: Worker, worker_environment: dict[str, str]
) -> None:
    foreign = {"ENCRYPTION_KEYS": base64.urlsafe_b64encode(os.urandom(32)).decode()}
    with celery_worker_process(worker_environment | foreign | {"LOG_FORMAT": "json"}) as worker:
        token = request_id.set("evening-7")
        entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
        request_id.reset(token)
        deadline = time.monotonic() + 30
        while entry.status != Entry.Status.FAILED and time.monotonic() < deadline:
            entry.refresh_from_db()
            time.sleep(0.05)
        assert entry.status == Entry.Status.FAILED
        [line] = [line for line in worker.output().splitlines() if f"key {newest_master_key().id} is missing" in line]
        assert json.loads(line)["request_id"] == "evening-7"
    with celery_worker_process(worker_environment):
        services.analyze_again(entry=entry)
        assert wait_until_analyzed(entry).status == Entry.Status.ANALYZED


@pytest.mark.postgresql_only
def test_running_worker_notices_that_another_model_was_activated(
    owner: User,
    catalogue: None,
    celery_worker_process: Worker,
    worker_environment: dict[str, str],
    tmp_path: Path,
) -> None:
    make_version(tmp_path / "models" / "emotion" / NEW, NEW)
    environment = worker_environment | {"VAR_DIR": str(tmp_path)}
    found = []
    with celery_worker_process(environment):
        for action in (["list"], ["activate", NEW], ["rollback"]):
            subprocess.run([sys.executable, "manage.py", "model", *action], env=environment, check=True)
            entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
            found.append(wait_until_analyzed(entry).analysis.model_version)
    assert found == [SHIPPED_VERSION, NEW, SHIPPED_VERSION]


@pytest.mark.postgresql_only
def test_reading_again_waits_for_the_worker_and_keeps_what_was_read(
    owner: User, catalogue: None, celery_worker_process: Worker, worker_environment: dict[str, str]
) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    with celery_worker_process(worker_environment):
        wait_until_analyzed(entry)
    Analysis.objects.update(label="joy", model_version="old")
    api = APIClient()
    api.force_authenticate(owner)
    answer = api.post(f"/api/v1/entries/{entry.pk}/analysis/")
    assert (answer.status_code, answer.json()["status"]) == (202, "analyzed")
    assert Analysis.objects.get().model_version == "old"
    with celery_worker_process(worker_environment):
        deadline = time.monotonic() + 30
        while Analysis.objects.get().model_version == "old" and time.monotonic() < deadline:
            time.sleep(0.05)
    read = api.get(f"/api/v1/entries/{entry.pk}/analysis/").json()
    assert (read["label"], read["model_version"]) == ("sadness", SHIPPED_VERSION)
    assert read["analyzed_at"] != answer.json()["analyzed_at"]


def is_waiting_for_a_lock() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_stat_clear_snapshot()")  # or a transaction sees what it saw first
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"
        )
        return bool(cursor.fetchone()[0])


@pytest.mark.postgresql_only
def test_worker_that_is_stopped_ends_what_it_has_in_hand(
    owner: User, catalogue: None, celery_worker_process: Worker, worker_environment: dict[str, str]
) -> None:
    with celery_worker_process(worker_environment) as worker:
        entry = Entry.objects.create(user=owner, text=SAD, written_on=DAY)
        with transaction.atomic():
            Entry.objects.select_for_update().get(pk=entry.pk)  # whoever has read the entry waits to save it
            analyze_entry_task.delay(str(entry.pk), entry.revision)
            wait_until(is_waiting_for_a_lock)
            worker.signal(signal.SIGTERM)
            wait_until(lambda: "Warm shutdown" in worker.output())
            assert worker.is_running
        wait_until(lambda: not worker.is_running)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED


@pytest.mark.postgresql_only
def test_entry_that_kills_its_process_does_not_hold_up_others(
    owner: User, outsider: User, catalogue: None, celery_worker_process: Worker, worker_environment: dict[str, str]
) -> None:
    poison = Entry.objects.create(user=owner, text=SAD, written_on=DAY)
    with celery_worker_process(worker_environment) as worker:
        with transaction.atomic():
            Entry.objects.select_for_update().get(pk=poison.pk)
            analyze_entry_task.delay(str(poison.pk), poison.revision)
            wait_until(is_waiting_for_a_lock)
            other = Entry.objects.create(user=outsider, text=SAD, written_on=DAY)
            transaction.on_commit(lambda: analyze_entry_task.delay(str(other.pk), other.revision))
            worker.kill_child(lambda children: children[0])
            wait_until(lambda: "Worker exited prematurely" in worker.output())
        wait_until_analyzed(other)
        poison.refresh_from_db()
        assert (other.status, poison.status) == (Entry.Status.ANALYZED, Entry.Status.PENDING)
        assert wait_until_analyzed(poison).status == Entry.Status.ANALYZED  # this time nothing kills it


@pytest.mark.parametrize("retries", [0, MAX_RETRIES])
def test_last_try_counts_as_failed_unless_it_succeeds(
    owner: User, catalogue: None, monkeypatch: pytest.MonkeyPatch, retries: int
) -> None:
    entry = Entry.objects.create(user=owner, text=SAD, written_on=DAY)
    statuses = []
    read = analysis.analyze_entry

    def look_first(*arguments: Any, **options: Any) -> bool:
        statuses.append(Entry.objects.get().status)
        return read(*arguments, **options)

    monkeypatch.setattr("diary.analysis.analyze_entry", look_first)
    analyze_entry_task.apply((str(entry.pk), entry.revision), retries=retries)
    assert statuses == [Entry.Status.FAILED if retries else Entry.Status.PENDING]
    assert Entry.objects.get().status == Entry.Status.ANALYZED


def test_what_takes_too_long_has_failed(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def take_long(*_arguments: Any, **_options: Any) -> bool:
        raise SoftTimeLimitExceeded

    entry = Entry.objects.create(user=owner, text=SAD, written_on=DAY)
    monkeypatch.setattr("diary.analysis.analyze_entry", take_long)
    analyze_entry_task.apply((str(entry.pk), entry.revision))
    assert Entry.objects.get().status == Entry.Status.FAILED


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)
