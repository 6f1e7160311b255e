"""Prometheus metrics of the site: how many requests, how fast, how much waits. Labels are routes, never addresses.

They are there where METRICS_TOKEN is set. All processes of a machine, workers included, write into one folder
(prometheus_client's multi-process mode), and whichever process is asked adds them up.
"""

import hmac
import logging
import os
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe
from kombu.exceptions import OperationalError
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, Histogram, generate_latest, multiprocess
from prometheus_client.core import GaugeMetricFamily, Metric

from diary.analysis import get_predictor
from diary.models import Entry
from ml.errors import ModelError
from moduhyu.celery import app

METHODS = {"GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE"}
QUEUE = "celery"  # the only one
BROKER_TIMEOUT_S = 1
SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)

REQUESTS = Counter("moduhyu_requests", "Answered requests.", ["method", "route", "status"])
REQUEST_SECONDS = Histogram("moduhyu_request_seconds", "Time to the answer.", ["method", "route"], buckets=SECONDS)

logger = logging.getLogger(__name__)


def count_request(method: str, route: str, status: int, seconds: float) -> None:
    """Count an answered request. A method that nobody uses is `other`: who asks must not invent series."""
    method = method if method in METHODS else "other"
    REQUESTS.labels(method, route, status).inc()
    REQUEST_SECONDS.labels(method, route).observe(seconds)


@never_cache
@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Everything, as text, for who brings METRICS_TOKEN as a bearer token; for everybody else there is nothing."""
    wanted = f"Bearer {settings.METRICS_TOKEN}"
    given = request.headers.get("Authorization", "")
    if not settings.METRICS_TOKEN or not hmac.compare_digest(given.encode(), wanted.encode()):
        raise Http404
    registry = CollectorRegistry()
    multiprocess.MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    registry.register(_StateCollector())
    try:
        text = generate_latest(registry)
    except FileNotFoundError:  # a master that has just started deletes what dead processes had counted
        text = generate_latest(registry)
    return HttpResponse(text, content_type=CONTENT_TYPE_LATEST)


class _StateCollector:
    """What is not counted but looked up when it is asked for."""

    def collect(self) -> Iterator[Metric]:
        unread = GaugeMetricFamily("moduhyu_unread_entries", "Entries that wait to be read.", labels=["status"])
        for status in (Entry.Status.PENDING, Entry.Status.FAILED):
            unread.add_metric([status], Entry.objects.filter(status=status).count())
        yield unread
        version = GaugeMetricFamily("moduhyu_model", "1 for the emotion model in use.", labels=["version"])
        try:
            version.add_metric([get_predictor().model_version], 1)
        except ModelError as error:
            logger.warning("metrics without the model's version: %s", error)
        yield version
        if not settings.CELERY_TASK_ALWAYS_EAGER:
            yield GaugeMetricFamily("moduhyu_queue_length", "Tasks that no worker has taken yet.", _queue_length())


def forget_dead_processes() -> None:
    """Delete what processes have counted that are gone: it would be added up for ever. For the start of a site."""
    folder = os.environ.get("PROMETHEUS_MULTIPROC_DIR")
    for path in Path(folder).glob("*_*.db") if folder else ():
        if not Path("/proc", path.stem.rpartition("_")[2]).exists():
            path.unlink(missing_ok=True)


def _queue_length() -> float:
    """NaN where the broker can't be asked."""
    try:
        with app.connection_for_read(connect_timeout=BROKER_TIMEOUT_S) as broker:
            broker.ensure_connection(max_retries=1, timeout=BROKER_TIMEOUT_S)
            try:
                return float(broker.default_channel.queue_declare(QUEUE, passive=True).message_count)
            except broker.channel_errors:  # Redis keeps no empty queue
                return 0.0
    except OperationalError as error:
        logger.warning("metrics without the queue: %s", type(error).__name__)
        return float("nan")
