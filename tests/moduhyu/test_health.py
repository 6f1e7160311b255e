"""What probes are told: alive, and ready or not, with the part that fails."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from celery import Celery
from django.conf import LazySettings
from django.db import connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.test import Client

from moduhyu import health
from moduhyu.celery import app
from tests.services.redis import RedisServer

NOBODY = "redis://127.0.0.1:9/0"


@pytest.fixture(autouse=True)
def _new_process() -> None:
    health._check_migrations.cache_clear()


def parts(client: Client) -> tuple[int, dict[str, str]]:
    response = client.get("/readyz")
    return response.status_code, response.json()["checks"]


def test_health_asks_no_database(client: Client) -> None:
    response = client.get("/healthz")  # pytest-django would refuse a query here
    assert (response.status_code, response.content) == (200, b"ok\n")
    assert "no-store" in response["Cache-Control"]


def test_probes_are_not_led_to_https(client: Client, settings: LazySettings) -> None:
    settings.SECURE_SSL_REDIRECT = True
    assert client.get("/healthz").status_code == 200
    assert client.get("/").status_code == 301


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_probes_change_nothing(client: Client, path: str) -> None:
    assert client.post(path).status_code == 405


@pytest.mark.django_db
def test_ready(client: Client) -> None:
    assert parts(client) == (200, {"database": "ok", "migrations": "ok", "model": "ok"})


@pytest.mark.django_db
def test_not_ready_without_a_migration(client: Client) -> None:
    [newest] = [name for app, name in MigrationLoader(connection).graph.leaf_nodes() if app == "diary"]
    MigrationRecorder(connection).record_unapplied("diary", newest)
    code, checks = parts(client)
    assert (code, checks["migrations"], checks["database"]) == (503, "failed", "ok")


@pytest.mark.django_db
def test_not_ready_without_a_model_and_nobody_is_told_where_it_lies(
    client: Client, settings: LazySettings, tmp_path: Path
) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path / "secret-place"
    response = client.get("/readyz")
    assert (response.status_code, response.json()["checks"]["model"]) == (503, "failed")
    assert "secret-place" not in response.content.decode()


def use_redis(settings: LazySettings, url: str) -> None:
    settings.CELERY_TASK_ALWAYS_EAGER = False
    settings.REDIS_URL = url
    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": url}}


@pytest.fixture
def broker() -> Iterator[Celery]:
    """Celery, which may be given another broker."""
    before = app.conf["broker_url"]
    yield app
    app.conf.update(broker_url=before)


@pytest.mark.django_db
def test_ready_with_a_broker_and_a_cache(
    client: Client, broker: Celery, settings: LazySettings, redis_server: RedisServer
) -> None:
    broker.conf.update(broker_url=redis_server.url)
    use_redis(settings, redis_server.url)
    assert parts(client) == (200, dict.fromkeys(["database", "migrations", "model", "broker", "cache"], "ok"))


@pytest.mark.django_db
def test_not_ready_without_broker_and_cache(client: Client, broker: Celery, settings: LazySettings) -> None:
    broker.conf.update(broker_url=NOBODY)
    use_redis(settings, NOBODY)
    code, checks = parts(client)
    assert code == 503
    assert (checks["broker"], checks["cache"], checks["database"]) == ("failed", "failed", "ok")
