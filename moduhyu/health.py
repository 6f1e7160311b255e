"""What a load balancer asks: is the process alive, and can it serve?"""

import functools
import logging
from collections.abc import Callable

from django.conf import settings
from django.db import DatabaseError, InterfaceError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError

from diary.analysis import get_predictor
from ml.errors import ModelError
from moduhyu.celery import app

BROKER_TIMEOUT_S = 1
PROBE = "readyz"

logger = logging.getLogger(__name__)


class NotReadyError(Exception):
    """A part works, but not as the site needs it."""


# How the parts of a site fail.
FAILURES = (NotReadyError, DatabaseError, InterfaceError, ModelError, OSError, OperationalError)


@never_cache
@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """200 while the process answers at all: nothing else is asked, so that no lost database has it restarted."""
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8")


@never_cache
@require_safe
def readyz(request: HttpRequest) -> JsonResponse:
    """200 when a visitor would be served, 503 when not; names the parts, and tells the log alone what is wrong."""
    results = {name: _works(name, check) for name, check in _checks().items()}
    is_ready = all(results.values())
    content = {
        "status": "ready" if is_ready else "unavailable",
        "checks": {name: "ok" if works else "failed" for name, works in results.items()},
    }
    return JsonResponse(content, status=200 if is_ready else 503)


def _checks() -> dict[str, Callable[[], object]]:
    checks: dict[str, Callable[[], object]] = {
        "database": _check_database,
        "migrations": _check_migrations,
        "model": get_predictor,
    }
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        checks["broker"] = _check_broker
    if settings.REDIS_URL:
        checks["cache"] = _check_cache
    return checks


def _works(name: str, check: Callable[[], object]) -> bool:
    try:
        check()
    except FAILURES as error:
        logger.warning("not ready: %s: %s: %s", name, type(error).__name__, error)
        return False
    return True


def _check_database() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1")


@functools.cache  # only what returns is remembered: a process whose migrations are all there keeps them
def _check_migrations() -> None:
    executor = MigrationExecutor(connection)
    if missing := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise NotReadyError(f"{len(missing)} migrations to apply: manage.py prepare")


def _check_broker() -> None:
    with app.connection_for_write(connect_timeout=BROKER_TIMEOUT_S) as broker:
        broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)


def _check_cache() -> None:
    import redis  # here, because a site without Redis does not load its large client

    # Redis itself: the cache of `moduhyu.cache` would answer without it.
    times = {"socket_timeout": BROKER_TIMEOUT_S, "socket_connect_timeout": BROKER_TIMEOUT_S}
    try:
        with redis.Redis.from_url(settings.REDIS_URL, **times) as client:
            client.set(PROBE, PROBE, ex=BROKER_TIMEOUT_S)
    except redis.RedisError as error:
        raise NotReadyError(f"{type(error).__name__}: {error}") from error
