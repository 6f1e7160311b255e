"""The line of each request, and the metrics: what operators see, and nothing that a person wrote or searched for."""

import io
import json
import logging
import logging.config
import math
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import redis
from celery import Celery
from django.conf import LazySettings, settings
from django.test import Client
from django.urls import reverse
from prometheus_client.parser import text_string_to_metric_families

from accounts.models import User
from diary import analysis, services
from diary.models import Entry
from moduhyu.celery import app
from moduhyu.log_context import RequestIdFilter, RouteFilter
from moduhyu.metrics import forget_dead_processes
from tests.factories import SAD
from tests.services.process import ROOT
from tests.services.redis import RedisServer

pytestmark = pytest.mark.django_db(transaction=True)

WORD = "종달새비밀"


@pytest.fixture(autouse=True)
def _count_alone() -> None:
    """What the processes of hundreds of earlier tests have counted is gone: each look would add it up for seconds."""
    forget_dead_processes()


class Lines(logging.Handler):
    """Keeps what the site's own JSON formatter makes of each record."""

    def __init__(self) -> None:
        super().__init__()
        configuration = dict(settings.LOGGING["formatters"]["json"])
        factory = logging.config.BaseConfigurator({}).resolve(configuration.pop("()"))  # type: ignore[no-untyped-call]
        self.setFormatter(factory(**configuration))
        self.addFilter(RequestIdFilter())
        self.addFilter(RouteFilter())
        self.written = io.StringIO()

    def emit(self, record: logging.LogRecord) -> None:
        self.written.write(self.format(record) + "\n")

    @property
    def requests(self) -> list[dict[str, Any]]:
        lines = [json.loads(line) for line in self.written.getvalue().splitlines()]
        return [line for line in lines if line["logger"] == "moduhyu.request_log"]


@pytest.fixture
def lines() -> Iterator[Lines]:
    handler, logger = Lines(), logging.getLogger("moduhyu.request_log")
    level = logger.level
    logger.setLevel(logging.INFO)
    for name in ("", "django"):  # the two that the site gives handlers
        logging.getLogger(name).addHandler(handler)
    yield handler
    for name in ("", "django"):
        logging.getLogger(name).removeHandler(handler)
    logger.setLevel(level)


def value(client: Client, name: str, **labels: str) -> float:
    """A sample of the metrics; 0 where it was never counted."""
    response = client.get("/metrics", headers={"authorization": "Bearer only-for-tests"})
    assert response.status_code == 200
    # Only what it is called in is parsed: after some thousand tests there are tens of thousands of lines.
    lines = [line for line in response.content.decode().splitlines(keepends=True) if name in line]
    families = text_string_to_metric_families("".join(lines))
    samples = [sample for family in families for sample in family.samples]
    return sum(s.value for s in samples if s.name == name and labels.items() <= s.labels.items())


def test_a_line_tells_route_status_and_time(owner_client: Client, lines: Lines) -> None:
    response = owner_client.get("/entries/", {"q": WORD})
    assert response.status_code == 200
    [line] = lines.requests
    assert (line["method"], line["route"], line["status"], line["level"]) == ("GET", "entries/", 200, "INFO")
    assert line["duration_ms"] > 0
    assert datetime.fromisoformat(line["time"]).utcoffset() == timedelta(hours=9)  # the zone of the site
    assert line["request_id"] == response["X-Request-ID"]


def test_no_line_tells_of_words_ids_or_tokens(owner_client: Client, owner: User, lines: Lines) -> None:
    entry, _ = services.create_entry(user=owner, text=WORD, written_on=date(2026, 11, 1))
    owner_client.get(reverse("diary:entry-detail", args=[entry.pk]))
    owner_client.get("/entries/", {"q": WORD})
    owner_client.get("/reminder/off/secret-token/")
    owner_client.get(f"/{WORD}/")
    assert [line["status"] for line in lines.requests] == [200, 200, 404, 404]
    written = lines.written.getvalue()
    assert "Not Found: reminder/off/<str:token>/" in written
    assert all(secret not in written for secret in (WORD, str(entry.pk), "secret-token"))


@pytest.mark.parametrize(
    ("given", "is_taken_over"),
    [("abc-1.2_3", True), ("a" * 64, True), ("a" * 65, False), ("a b", False), ('x"}', False), ("가", False)],
)
def test_a_proxys_id_is_taken_over_when_it_is_one(client: Client, given: str, is_taken_over: bool) -> None:
    answered = client.get("/healthz", headers={"X-Request-ID": given})["X-Request-ID"]
    assert (answered == given) is is_taken_over
    assert answered


def test_metrics_count_requests_by_route(owner_client: Client) -> None:
    labels = {"method": "GET", "route": "entries/<uuid:entry_id>/", "status": "404"}
    before = value(owner_client, "moduhyu_requests_total", **labels)
    for _ in range(3):
        owner_client.get("/entries/00000000-0000-4000-8000-000000000000/")
    assert value(owner_client, "moduhyu_requests_total", **labels) == before + 3


def test_nobody_invents_series(client: Client) -> None:
    client.generic("FROBNICATE", "/healthz")
    client.get("/nowhere/at/all/")
    assert value(client, "moduhyu_requests_total", method="FROBNICATE") == 0
    assert value(client, "moduhyu_requests_total", method="other", route="healthz") > 0
    assert value(client, "moduhyu_requests_total", route="unknown", status="404") > 0


def test_metrics_count_analyses_and_what_waits(client: Client, owner: User) -> None:
    saved = value(client, "moduhyu_analyses_total", outcome="saved")
    failed = value(client, "moduhyu_analyses_total", outcome="failed")
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    assert value(client, "moduhyu_analyses_total", outcome="saved") == saved + 1
    Entry.objects.filter(pk=entry.pk).update(status=Entry.Status.PENDING)
    analysis.mark_failed(str(entry.pk), entry.revision)
    assert value(client, "moduhyu_analyses_total", outcome="failed") == failed + 1
    assert value(client, "moduhyu_unread_entries", status="failed") == 1
    assert value(client, "moduhyu_unread_entries", status="pending") == 0
    assert value(client, "moduhyu_model", version=analysis.get_predictor().model_version) == 1


COUNT_AND_DIE = """
import os, signal, django
django.setup()
from diary.metrics import ANALYSES
ANALYSES.labels("late").inc()
os.kill(os.getpid(), signal.SIGKILL)
"""


def test_what_a_killed_process_has_counted_stays_until_the_site_starts_again(client: Client) -> None:
    before = value(client, "moduhyu_analyses_total", outcome="late")
    died = subprocess.run([sys.executable, "-c", COUNT_AND_DIE], check=False)
    assert died.returncode == -signal.SIGKILL
    assert value(client, "moduhyu_analyses_total", outcome="late") == before + 1
    assert value(client, "moduhyu_requests_total", route="metrics") > 0
    forget_dead_processes()
    assert value(client, "moduhyu_analyses_total", outcome="late") == before
    assert value(client, "moduhyu_requests_total", route="metrics") > 0


def test_no_label_tells_of_a_person(owner_client: Client, owner: User) -> None:
    entry, _ = services.create_entry(user=owner, text=WORD, written_on=date(2026, 11, 1))
    owner_client.get(reverse("diary:entry-detail", args=[entry.pk]))
    owner_client.get("/entries/", {"q": WORD})
    owner_client.get(f"/{WORD}/")
    response = owner_client.get("/metrics", headers={"authorization": "Bearer only-for-tests"})
    families = [*text_string_to_metric_families(response.content.decode())]
    assert {name for family in families for sample in family.samples for name in sample.labels} == {
        "method",
        "route",
        "status",
        "outcome",
        "version",
        "le",
    }
    assert all(secret not in response.content.decode() for secret in (WORD, str(entry.pk), owner.email))


@pytest.fixture
def queue(settings: LazySettings, redis_server: RedisServer) -> Iterator[Celery]:
    """Celery with a broker."""
    before = {name: app.conf[name] for name in ("broker_url", "task_always_eager")}
    settings.CELERY_TASK_ALWAYS_EAGER = False
    app.conf.update(broker_url=redis_server.url, task_always_eager=False)
    yield app
    app.conf.update(before)


def test_metrics_tell_how_many_tasks_wait(client: Client, queue: Celery) -> None:
    redis.Redis.from_url(queue.conf["broker_url"]).flushall()
    assert value(client, "moduhyu_queue_length") == 0
    with queue.connection_for_write() as broker:
        for number in range(3):
            broker.SimpleQueue("celery").put({"number": number})
    assert value(client, "moduhyu_queue_length") == 3
    redis.Redis.from_url(queue.conf["broker_url"]).flushall()


def test_operators_are_told_of_every_metric_and_of_no_other(client: Client, queue: Celery) -> None:
    response = client.get("/metrics", headers={"authorization": "Bearer only-for-tests"})
    there = {family.name for family in text_string_to_metric_families(response.content.decode())}
    documented = set(re.findall(r"moduhyu_\w+", (ROOT / "docs/operations.md").read_text()))
    assert {re.sub("_(total|bucket)$", "", name) for name in documented} == there


def test_metrics_without_a_broker_do_not_know_how_many_wait(client: Client, queue: Celery) -> None:
    queue.conf.update(broker_url="redis://127.0.0.1:9/0")
    assert math.isnan(value(client, "moduhyu_queue_length"))
    assert value(client, "moduhyu_model") == 1


@pytest.mark.parametrize("header", [{}, {"authorization": "Bearer wrong"}, {"authorization": "Bearer "}])
def test_metrics_are_for_who_has_the_token(client: Client, header: dict[str, str]) -> None:
    assert client.get("/metrics", headers=header).status_code == 404


def test_without_a_token_there_are_no_metrics(client: Client, settings: LazySettings) -> None:
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": "Bearer "}).status_code == 404


def test_lines_for_people_tell_the_zone_too() -> None:
    configuration = dict(settings.LOGGING["formatters"]["line"])
    factory = logging.config.BaseConfigurator({}).resolve(configuration.pop("()"))  # type: ignore[no-untyped-call]
    formatter = factory(fmt=configuration["format"], style=configuration["style"])
    time, level, _rest = formatter.format(logging.makeLogRecord({"levelname": "INFO", "msg": "x"})).split(" ", 2)
    assert datetime.fromisoformat(time).utcoffset() == timedelta(hours=9)
    assert level == "INFO"
