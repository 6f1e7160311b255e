"""A whole evening on the real site, worker and broker, with failures: what was written is in none of their traces."""

import http.client
import json
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
import redis
from django.contrib import admin
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.models import User
from diary.models import Entry
from tests.diary.canary import CANARY, TAG, WORDS, every_value, found_in, raw_database
from tests.diary.portability.files import own_entry, own_json
from tests.diary.test_worker import Worker, broker, worker_environment
from tests.factories import PASSWORD
from tests.services.process import ROOT
from tests.services.redis import RedisServer
from tests.services.site import served_site

__all__ = ["broker", "worker_environment"]

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.postgresql_only]

DAY = "2026-11-01"
ENTRIES = "/api/v1/entries/"


class Browser:
    """Somebody who is logged in at the site on that port, by pages and by the API."""

    def __init__(self, port: int, user: User) -> None:
        login = Client()
        login.force_login(user)
        self.port, self._session = port, login.cookies["sessionid"].value

    def ask(self, method: str, path: str, body: bytes = b"", **headers: str) -> tuple[int, bytes, SimpleCookie]:
        client = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
        response = client.getresponse()
        cookies = SimpleCookie("; ".join(response.headers.get_all("Set-Cookie", [])))
        return response.status, response.read(), cookies

    def api(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
        headers = {"Content_Type": "application/json", "X_Session_Token": self._session} | headers
        status, answer, _cookies = self.ask(method, path, content, **headers)
        return status, json.loads(answer) if answer.startswith(b"{") else answer

    def page(self, path: str, form: dict[str, str] | None = None) -> int:
        cookies = f"sessionid={self._session}"
        if form is None:
            return self.ask("GET", path, Cookie=cookies)[0]
        token = self.ask("GET", "/entries/new/", Cookie=cookies)[2]["csrftoken"].value
        headers = {"Cookie": f"{cookies}; csrftoken={token}", "X_CSRFToken": token}
        kind = "application/x-www-form-urlencoded"
        return self.ask("POST", path, urlencode(form).encode(), Content_Type=kind, **headers)[0]

    def garble(self) -> bytes:
        """What comes back for a body that is longer than it says: its rest is read as a request."""
        head = f"POST {ENTRIES} HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\n\r\n"
        with socket.create_connection(("127.0.0.1", self.port), timeout=30) as connected:
            connected.sendall(f"{head}{{}}{CANARY} {CANARY}\r\n\r\n".encode())
            return b"".join(iter(lambda: connected.recv(65_536), b""))


@pytest.fixture
def traces(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder in which the processes of the site leave whatever they leave."""
    for name in ("var", "tmp"):
        (tmp_path / name).mkdir()
    monkeypatch.setenv("VAR_DIR", str(tmp_path / "var"))
    monkeypatch.setenv("TMPDIR", str(tmp_path / "tmp"))
    monkeypatch.setenv("LOG_FORMAT", "json")
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "moduhyu.settings")
    subprocess.run([sys.executable, "manage.py", "collectstatic", "-v0", "--noinput"], cwd=ROOT, check=True)
    return tmp_path


@pytest.fixture
def site(
    owner: User,
    catalogue: None,
    traces: Path,
    broker: RedisServer,
    settings: Settings,
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Browser]:
    """The owner at the site as operators run it: a broker, a cache that processes share, lines of JSON."""
    monkeypatch.setenv("CELERY_BROKER_URL", broker.url)
    monkeypatch.setenv("REDIS_URL", broker.url)
    with served_site(settings.ENCRYPTION_KEYS, log=traces / "site.log") as port:
        yield Browser(port, owner)


def write(site: Browser) -> uuid.UUID:
    """All that can be done with an entry before it is read, rightly and wrongly; the entry."""
    entry = uuid.uuid4()
    new = {"id": str(entry), "text": CANARY, "written_on": DAY, "tags": [TAG]}
    assert site.api("POST", ENTRIES, new)[0] == 201
    assert site.api("POST", ENTRIES, new | {"text": CANARY * 2})[0] == 409
    assert site.api("PATCH", f"{ENTRIES}{entry}/", {"text": f"{CANARY} 하나 더"}, If_Match='"1"')[0] == 200
    assert site.api("PATCH", f"{ENTRIES}{entry}/", {"text": CANARY}, If_Match='"1"')[0] == 412
    assert site.api("POST", f"{ENTRIES}batch/", {"entries": [{"text": CANARY, "written_on": DAY}]})[0] == 200
    assert site.page("/entries/", {"text": CANARY, "written_on": DAY, "tags": f"#{TAG}"}) == 302
    wrong: list[Any] = [{"text": CANARY}, new | {"tags": [TAG * 10]}, {CANARY: 1}, f'{{"text": "{CANARY}'.encode()]
    assert [site.api("POST", ENTRIES, body)[0] for body in wrong] == [400] * 4
    assert site.page("/entries/", {"text": CANARY, "written_on": CANARY}) == 422
    return entry


def look_around(site: Browser) -> None:
    """Words in addresses, in headers, and in what is no request."""
    word = quote(WORDS[0])
    assert site.api("GET", f"{ENTRIES}?q={word}&tag={quote(TAG)}")[0] == 200
    assert site.api("GET", f"{ENTRIES}?from={word}")[0] == 400
    assert site.api("GET", f"{ENTRIES}{word}/")[0] == 404
    assert [site.page(f"/{path}") for path in (f"entries/?q={word}", f"{word}/", f"entries/{word}/")] == [
        200,
        404,
        404,
    ]
    assert site.ask(word, "/")[0] in (400, 405)
    assert site.garble().count(b"HTTP/1.1 4") == 2
    login = json.dumps({"email": "owner@example.com", "password": CANARY}).encode()
    assert site.ask("POST", "/_allauth/app/v1/auth/login", login, Content_Type="application/json")[0] == 400


def own(site: Browser, entry: uuid.UUID) -> None:
    """Correct, export and import what is read."""
    assert site.api("PUT", f"{ENTRIES}{entry}/correction/", {"label": "joy"})[0] == 200
    status, export = site.api("POST", "/api/v1/exports/")
    assert status == 202
    wait_for(lambda: site.api("GET", f"/api/v1/exports/{export['id']}/")[1]["status"] == "ready")
    status, content = site.api("GET", f"/api/v1/exports/{export['id']}/download/", Accept="application/zip")
    assert (status, content[:2]) == (200, b"PK")
    zipped = {"Content_Type": "application/zip", "Accept": "application/json"}
    assert site.api("POST", "/api/v1/import/", content, **zipped)[0] == 200
    spoiled = own_json(own_entry(CANARY, written_on=CANARY, tags=[TAG]))
    assert site.api("POST", "/api/v1/import/?on_error=refuse", spoiled)[0] == 422


@contextmanager
def broken(table: str) -> Iterator[None]:
    """A database in which a table is missing: whatever needs it fails with an error that quotes the statement."""
    with connection.cursor() as cursor:
        cursor.execute(f'ALTER TABLE "{table}" RENAME TO "{table}_away"')
        try:
            yield
        finally:
            cursor.execute(f'ALTER TABLE "{table}_away" RENAME TO "{table}"')


def wait_for(is_so: Callable[[], bool], seconds: float = 60) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline, "it took too long"
        time.sleep(0.1)


def queue_of(server: RedisServer) -> bytes:
    """Every value of every key, and what Redis has written to its file."""
    client = redis.Redis.from_url(server.url)
    return b"\n".join([*(key + (client.dump(key) or b"") for key in client.scan_iter()), server.file()])


def admin_pages(superuser: User) -> bytes:
    """Every list and every object of the admin, as somebody who may see all sees them."""
    client = Client()
    client.force_login(superuser)
    contents = [client.get(reverse("admin:index")).content]
    for model in admin.site._registry:
        name = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        contents.append(client.get(reverse(f"{name}_changelist"), {"q": "owner"}).content)
        for pk in model._default_manager.values_list("pk", flat=True)[:20]:
            contents.append(client.get(reverse(f"{name}_change", args=[pk])).content)
    return b"\n".join(contents)


def test_nothing_written_is_in_any_trace(
    site: Browser,
    broker: RedisServer,
    traces: Path,
    celery_worker_process: Worker,
    worker_environment: dict[str, str],
) -> None:
    entry = write(site)
    look_around(site)
    queue = queue_of(broker)
    assert b"analyze_entry_task" in queue
    with broken("diary_recommendation"):
        with celery_worker_process(worker_environment) as worker:
            wait_for(lambda: "diary_recommendation" in worker.output())
            failures = worker.output()
        assert site.api("GET", f"{ENTRIES}{entry}/recommendations/")[0] == 500
        assert site.page(f"/entries/{entry}/") == 500
    with celery_worker_process(worker_environment) as worker:
        site.api("POST", f"{ENTRIES}{entry}/analysis/")
        wait_for(lambda: Entry.objects.get(pk=entry).status == Entry.Status.ANALYZED)
        own(site, entry)
        successes = worker.output()
    status, metrics, _cookies = site.ask("GET", "/metrics", Authorization="Bearer only-for-tests")
    assert status == 200, (traces / "site.log").read_text()[-3000:]

    log = (traces / "site.log").read_text()
    assert ' 500"' in log
    assert "Invalid request\n" in log
    assert b"moduhyu_requests" in metrics
    superuser = User.objects.create_superuser("root@example.com", PASSWORD)
    places = {
        "redis": queue + queue_of(broker),
        "worker": (failures + successes).encode(),
        "metrics": metrics,
        "admin": admin_pages(superuser),
        "rows": every_value(),
        "database": raw_database(),
    }
    places |= {str(path.relative_to(traces)): path.read_bytes() for path in traces.rglob("*") if path.is_file()}
    assert {place: words for place, content in places.items() if (words := found_in(content))} == {}
