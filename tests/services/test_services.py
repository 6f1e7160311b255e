"""The suite's own services do what the tests that lean on them assume."""

import os
import signal
import socket
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from urllib.parse import urlsplit

import psycopg2  # type: ignore[import-untyped]
import pytest
import redis
from celery import Celery  # type: ignore[import-untyped]
from django.conf import settings
from django.db import connection
from playwright.sync_api import Page

from accounts.models import User
from tests.services.database import sqlite_file
from tests.services.postgresql import PostgresServer
from tests.services.process import ServiceProcess, require_binary
from tests.services.redis import RedisServer


def test_settings_read_the_suites_environment() -> None:
    assert str(settings.VAR_DIR) == os.environ["VAR_DIR"]
    assert "moduhyu-var-" in str(settings.VAR_DIR)
    assert settings.CELERY_TASK_ALWAYS_EAGER


@pytest.mark.django_db
def test_database_is_the_one_asked_for(pytestconfig: pytest.Config) -> None:
    assert connection.vendor == pytestconfig.getoption("database")
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")
        assert cursor.fetchone() == (1,)


@pytest.mark.sqlite_only
@pytest.mark.django_db(transaction=True)
def test_sqlite_file_is_read_without_being_opened_by_who_uses_it(owner: User) -> None:
    assert owner.email.encode() in sqlite_file() + sqlite_file("-wal")
    with pytest.raises(RuntimeError, match="sqlite_file"):
        Path(connection.settings_dict["NAME"]).read_bytes()


def test_postgresql_keeps_committed_rows_over_a_kill() -> None:
    server = PostgresServer(durable=True)
    try:
        server.start()
        with psycopg2.connect(server.url) as client, client.cursor() as cursor:
            cursor.execute("CREATE TABLE words (word text); INSERT INTO words VALUES ('휴게소')")
        client.close()
        server.process.kill()
        server.start()
        with psycopg2.connect(server.url) as client, client.cursor() as cursor:
            cursor.execute("SELECT word FROM words")
            assert cursor.fetchall() == [("휴게소",)]
        client.close()
    finally:
        server.close()
    with socket.socket() as probe:
        assert probe.connect_ex(("127.0.0.1", urlsplit(server.url).port)) != 0


def test_redis_keeps_its_data_over_a_kill(redis_server: RedisServer) -> None:
    client = redis.Redis.from_url(redis_server.url, decode_responses=True)
    client.set("word", "휴게소")
    redis_server.process.kill()
    with pytest.raises(redis.ConnectionError):
        client.get("word")
    redis_server.start()
    assert client.get("word") == "휴게소"


def test_worker_answers_over_the_broker(
    redis_server: RedisServer,
    celery_worker_process: Callable[[Mapping[str, str]], AbstractContextManager[ServiceProcess]],
) -> None:
    client = Celery(broker=redis_server.url, set_as_current=False)  # the tasks of tests to come are not this one's
    with celery_worker_process({"CELERY_BROKER_URL": redis_server.url}) as worker:
        (answer,) = client.control.ping(timeout=10, limit=1)
        assert list(answer.values()) == [{"ok": "pong"}]
    assert not worker.is_running


def test_page_is_a_korean_phone(page: Page) -> None:
    page.set_content("<p>쉬어 가요</p>")
    assert page.locator("p").inner_text() == "쉬어 가요"
    assert page.evaluate("[navigator.language, innerWidth]") == ["ko-KR", 390]


def test_missing_binary_names_the_package(tmp_path: Path) -> None:
    with pytest.raises(pytest.UsageError, match="apt-get install redis-server"):
        require_binary(f"{tmp_path}/redis-server", "redis-server")


def test_process_that_dies_at_start_shows_its_log(tmp_path: Path) -> None:
    service = ServiceProcess(["sh", "-c", "echo out of memory; exit 3"], log=tmp_path / "log", is_ready=lambda: False)
    with pytest.raises(RuntimeError, match="out of memory"):
        service.start()


def test_process_that_ignores_a_stop_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.services.process.STOP_TIMEOUT_S", 0.2)
    service = ServiceProcess(
        ["sh", "-c", "trap '' TERM; echo up; while true; do sleep 0.1; done"],
        log=tmp_path / "log",
        is_ready=lambda: "up" in service.output(),
        stop_signal=signal.SIGTERM,
    )
    service.start()
    service.stop()
    assert not service.is_running
