"""With a broker: the export is begun at once and made by a real worker, whatever becomes of it."""

import os
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import redis
from django.db import connection
from django.utils import timezone
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import DEAD_AFTER, Entry, Export
from diary.portability import exports
from diary.portability.account import delete_everything
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from moduhyu.celery import app
from tests.diary.portability.test_exports import files_in, long_diary
from tests.diary.test_worker import Worker, broker, worker_environment
from tests.factories import make_entry
from tests.services.redis import RedisServer

__all__ = ["broker", "worker_environment"]
pytestmark = pytest.mark.django_db(transaction=True)

EXPORTS = "/api/v1/exports/"
CANARY = "카나리아만 아는 비밀"
LONG = 4_000  # entries that a worker is busy with for longer than TELL_EVERY_S, and much longer
# A worker that has told once how far it is can tell nothing more while another session holds this lock: its export
# stays in its middle, however long a test takes to look. The worker waits before it has locked its row, so that the
# row can be deleted.
HALFWAY_LOCK = 20_261_127
HALT_HALFWAY = f"""
CREATE OR REPLACE FUNCTION halt_halfway() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    IF EXISTS (SELECT FROM diary_export WHERE status = 'running' AND entries_done > 0) THEN
        PERFORM pg_advisory_xact_lock_shared({HALFWAY_LOCK});
    END IF;
    RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER halt_halfway BEFORE UPDATE ON diary_export
    FOR EACH STATEMENT EXECUTE FUNCTION halt_halfway();
"""


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "exports"


@pytest.fixture
def environment(worker_environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """A worker that shares VAR_DIR with this process."""
    return worker_environment | {"VAR_DIR": str(tmp_path)}


def wait_for(is_so: Callable[[Export], Any], seconds: float = 60) -> Export:
    """The only export, once something is so of it."""
    deadline = time.monotonic() + seconds
    while True:
        export = Export.objects.get()
        if is_so(export) or time.monotonic() > deadline:
            return export
        time.sleep(0.05)


def is_ready(export: Export) -> bool:
    return export.status == Export.Status.READY


def is_half_done(export: Export) -> bool:
    return export.status == Export.Status.RUNNING and 0 < export.entries_done < export.entries_total


@contextmanager
def halfway(owner_api: APIClient, owner: User) -> Iterator[None]:
    """Within it, a worker that makes the owner's export is in its middle, and stays there."""
    long_diary(owner, LONG)
    with connection.cursor() as cursor:
        try:
            cursor.execute(HALT_HALFWAY)
            cursor.execute("SELECT pg_advisory_lock(%s)", [HALFWAY_LOCK])
            owner_api.post(EXPORTS)
            assert is_half_done(wait_for(is_half_done))
            yield
        finally:
            cursor.execute("SELECT pg_advisory_unlock(%s)", [HALFWAY_LOCK])
            cursor.execute("DROP FUNCTION IF EXISTS halt_halfway CASCADE")


def drop_other_connections() -> None:
    """What a restart of the database server does to its clients; this process keeps its own."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )


def kill_child_of_worker(folder: Path) -> None:
    """`kill -9` for the process that has the export's file open, as the kernel's memory killer does."""
    [path] = files_in(folder)
    for process in Path("/proc").iterdir():
        if process.name.isdecimal() and any(_is_open(file, path) for file in _open_files(process)):
            os.kill(int(process.name), signal.SIGKILL)


def _open_files(process: Path) -> list[Path]:
    try:
        return list((process / "fd").iterdir())
    except (FileNotFoundError, PermissionError, ProcessLookupError):
        return []


def _is_open(file: Path, path: Path) -> bool:
    try:
        return file.readlink() == path
    except OSError:
        return False


def test_broker_down_begins_nothing(owner_api: APIClient, broker: RedisServer) -> None:
    broker.process.kill()
    response = owner_api.post(EXPORTS)
    assert (response.status_code, response["Content-Type"]) == (503, "application/problem+json")
    assert response["Retry-After"] == "60"
    assert not Export.objects.exists()


def test_begin_answers_at_once_and_the_task_holds_the_id_alone(
    owner_api: APIClient, owner: User, broker: RedisServer
) -> None:
    make_entry(owner, CANARY)
    response = owner_api.post(EXPORTS)
    assert (response.status_code, response.json()["status"]) == (202, "pending")
    assert owner_api.post(EXPORTS).json()["id"] == response.json()["id"]
    client = redis.Redis.from_url(broker.url)
    queued = client.lrange("celery", 0, -1)
    key = Export.objects.get().key
    client.flushall()
    assert len(queued) == 1
    assert response.json()["id"].encode() in queued[0]
    assert not any(word.encode() in queued[0] for word in (CANARY, owner.email, key))


@pytest.mark.postgresql_only
def test_worker_makes_what_this_process_reads(
    owner_api: APIClient,
    owner: User,
    outsider: User,
    celery_worker_process: Worker,
    environment: dict[str, str],
    folder: Path,
) -> None:
    make_entry(owner, CANARY)
    with celery_worker_process(environment) as worker:
        with halfway(owner_api, owner):
            pass
        export = wait_for(is_ready)
        assert CANARY not in worker.output()
    data = owner_api.get(f"{EXPORTS}{export.pk}/").json()
    assert data["progress"] == {"done": LONG + 1, "total": LONG + 1}
    assert (data["status"], data["size"]) == ("ready", export.size)
    [path] = files_in(folder)
    assert CANARY.encode() not in path.read_bytes()
    with exports.open_export(export) as file:
        assert import_file(outsider, open_import(file), skips_bad_rows=False).new == LONG + 1
    assert CANARY in {entry.text for entry in Entry.objects.of(outsider)}


@pytest.mark.postgresql_only
def test_killed_in_the_middle_is_made_by_the_next_process(
    owner_api: APIClient, owner: User, celery_worker_process: Worker, environment: dict[str, str], folder: Path
) -> None:
    with celery_worker_process(environment):
        with halfway(owner_api, owner):
            kill_child_of_worker(folder)
        export = wait_for(is_ready)
    assert (export.status, export.attempts, export.entries_done) == (Export.Status.READY, 2, LONG)
    assert len(files_in(folder)) == 1


@pytest.mark.postgresql_only
def test_database_lost_in_the_middle_is_tried_again(
    owner_api: APIClient, owner: User, celery_worker_process: Worker, environment: dict[str, str], folder: Path
) -> None:
    with celery_worker_process(environment):
        with halfway(owner_api, owner):
            drop_other_connections()
        export = wait_for(is_ready)
    assert (export.status, export.attempts, export.entries_done) == (Export.Status.READY, 2, LONG)
    assert len(files_in(folder)) == 1


@pytest.mark.postgresql_only
def test_whole_worker_killed_the_export_fails_and_another_is_made(
    owner_api: APIClient, owner: User, celery_worker_process: Worker, environment: dict[str, str], folder: Path
) -> None:
    with celery_worker_process(environment) as worker, halfway(owner_api, owner):
        worker.kill()
        drop_other_connections()  # the server would let what the worker had asked for run on
    first = Export.objects.get()
    Export.objects.update(last_sign_at=timezone.now() - DEAD_AFTER - timedelta(seconds=1))
    assert owner_api.get(f"{EXPORTS}{first.pk}/").json()["status"] == "failed"
    assert files_in(folder) == []
    assert owner_api.delete(f"{EXPORTS}{first.pk}/").status_code == 204
    with celery_worker_process(environment):
        owner_api.post(EXPORTS)
        assert is_ready(wait_for(is_ready))


@pytest.mark.postgresql_only
def test_account_deleted_while_a_worker_makes_its_export(
    owner_api: APIClient, owner: User, celery_worker_process: Worker, environment: dict[str, str], folder: Path
) -> None:
    with celery_worker_process(environment) as worker:
        with halfway(owner_api, owner):
            delete_everything(owner)
        deadline = time.monotonic() + 30
        while "no longer wanted" not in worker.output() and time.monotonic() < deadline:
            time.sleep(0.1)
        assert "no longer wanted" in worker.output()
    assert files_in(folder) == []
    assert not Export.objects.exists()


@pytest.mark.postgresql_only
def test_what_is_scheduled_deletes_what_is_over(
    owner: User,
    owner_api: APIClient,
    celery_worker_process: Worker,
    environment: dict[str, str],
    folder: Path,
    settings: Settings,
) -> None:
    make_entry(owner)
    with celery_worker_process(environment):
        owner_api.post(EXPORTS)
        assert is_ready(wait_for(is_ready))
        Export.objects.update(expires_at=timezone.now())
        app.send_task(settings.CELERY_BEAT_SCHEDULE["forget-what-is-over"]["task"])
        export = wait_for(lambda found: found.status == Export.Status.EXPIRED)
    assert (export.status, export.key) == (Export.Status.EXPIRED, None)
    assert files_in(folder) == []
