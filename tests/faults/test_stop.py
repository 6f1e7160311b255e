"""Stop and reload: what was begun is ended, and while the site changes its processes nobody is turned away.

gunicorn as `make run` and deploy/ have it, but for the catalogue, which is not loaded, and with two workers.
"""

import http.client
import io
import itertools
import json
import os
import secrets
import signal
import socket
import sys
import threading
import time
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from diary.models import Entry
from tests.factories import SAD
from tests.services.process import ServiceProcess, children_of, free_port
from tests.services.site import site_environment

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
CLIENTS = 4
DEADLINE_S = 60
CONFIGURATION = """
import runpy
globals().update(runpy.run_path("scripts/gunicorn.conf.py"))
def on_starting(server): pass
"""


class Site:
    """The running site."""

    def __init__(self, process: ServiceProcess, port: int) -> None:
        self.process, self.port = process, port

    def is_listening(self) -> bool:
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self.port)) == 0

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=DEADLINE_S)


@contextmanager
def running(settings: Settings, folder: Path) -> Iterator[Site]:
    port = free_port()
    configuration = folder / "gunicorn.conf.py"
    configuration.write_text(CONFIGURATION)
    process = ServiceProcess(
        [sys.executable, "-m", "gunicorn", "--config", configuration, "moduhyu.wsgi:application"],
        log=folder / "site.log",
        is_ready=lambda: f":{port}" in process.output() and len(process.children()) == 2,
        env=site_environment(settings.ENCRYPTION_KEYS)
        | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "2", "API_RATE_WRITE": "off"},
    )
    process.start()
    try:
        yield Site(process, port)
    finally:
        process.kill()


@pytest.fixture
def token(owner: User) -> str:
    login = Client()
    login.force_login(owner)
    return login.cookies["sessionid"].value


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + DEADLINE_S
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def begin_saving(site: Site, token: str) -> tuple[http.client.HTTPConnection, bytes]:
    """Send all of a request but its last byte, which is returned. The site has it in hand then, and waits."""
    body = json.dumps({"text": SAD, "written_on": "2026-11-01"}).encode()
    connection = site.connect()
    connection.putrequest("POST", ENTRIES)
    for name, value in {
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "X-Session-Token": token,
    }.items():
        connection.putheader(name, value)
    connection.endheaders()
    connection.send(body[:-1])
    return connection, body[-1:]


@pytest.mark.sqlite_only  # gunicorn stops alike; the reload below, which forks, runs on both
def test_stop_ends_what_was_begun_and_takes_nothing_new(
    owner: User, token: str, settings: Settings, tmp_path: Path
) -> None:
    with running(settings, tmp_path) as site:
        begun = [begin_saving(site, token) for _ in range(CLIENTS)]
        time.sleep(0.5)  # until the workers have accepted them
        site.process.signal(signal.SIGTERM)
        wait_until(lambda: not site.is_listening())
        for connection, last in begun:
            connection.send(last)
        answers = [connection.getresponse() for connection, _last in begun]
        assert [answer.status for answer in answers] == [201] * CLIENTS
        wait_until(lambda: not site.process.is_running)
    assert [entry.text for entry in Entry.objects.of(owner)] == [SAD] * CLIENTS
    assert {entry.status for entry in Entry.objects.all()} == {Entry.Status.ANALYZED}


def begin_export(site: Site, token: str) -> tuple[http.client.HTTPResponse, bytes]:
    """A download that is far from its end, and what came of it so far: the client takes it slowly."""
    connection = site.connect()
    connection.sock = socket.socket()
    connection.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)  # or the kernel would take all at once
    connection.sock.connect(("127.0.0.1", site.port))
    csrf = "c" * 32
    connection.request(
        "POST", "/export/", headers={"Cookie": f"sessionid={token}; csrftoken={csrf}", "X-CSRFToken": csrf}
    )
    response = connection.getresponse()
    return response, response.read(1024)


@pytest.mark.sqlite_only  # gunicorn stops alike; the reload below, which forks, runs on both
def test_stop_lets_a_download_end(owner: User, token: str, settings: Settings, tmp_path: Path) -> None:
    Entry.objects.bulk_create(
        Entry(user=owner, text=secrets.token_hex(4_000), written_on=date(2026, 11, 1)) for _ in range(1_500)
    )
    with running(settings, tmp_path) as site:
        response, begun = begin_export(site, token)
        assert response.status == 200
        site.process.signal(signal.SIGTERM)
        wait_until(lambda: not site.is_listening())
        assert site.process.is_running  # it waits for the download
        archive = zipfile.ZipFile(io.BytesIO(begun + response.read()))
        assert archive.testzip() is None
        assert sum(name.endswith(".md") for name in archive.namelist()) == 1_500
        wait_until(lambda: not site.process.is_running)


class Traffic:
    """Clients that save one entry after another, each on a connection that it keeps for as long as the site does."""

    def __init__(self, site: Site, token: str) -> None:
        self._site, self._token = site, token
        self._stopped = threading.Event()
        self._numbers = itertools.count()
        self.saved: list[str] = []

    def __enter__(self) -> "Traffic":
        self._pool = ThreadPoolExecutor(CLIENTS)
        self._clients = [self._pool.submit(self._write) for _ in range(CLIENTS)]
        return self

    def __exit__(self, *_: object) -> None:
        """Raises what a client was met with, if it was anything but an answer."""
        self._stopped.set()
        self._pool.shutdown()
        for client in self._clients:
            client.result()

    def wait_for_more(self) -> None:
        """Until each client had some more answers; or one of them was turned away."""
        enough = len(self.saved) + 3 * CLIENTS
        wait_until(lambda: len(self.saved) >= enough or any(client.done() for client in self._clients))

    def _write(self) -> None:
        connection = self._site.connect()
        headers = {"Content-Type": "application/json", "X-Session-Token": self._token}
        while not self._stopped.wait(0.05):
            body = json.dumps({"text": f"{SAD} {next(self._numbers)}", "written_on": "2026-11-01"})
            connection.request("POST", ENTRIES, body, headers)
            answer = connection.getresponse()
            content = json.loads(answer.read())
            assert answer.status == 201, content
            self.saved.append(content["id"])


def reload(site: Site, traffic: Traffic) -> None:
    """New workers for old ones, by the same master."""
    before = set(site.process.children())
    traffic.wait_for_more()
    site.process.signal(signal.SIGHUP)
    wait_until(lambda: len(site.process.children()) == 2 and not before & set(site.process.children()))
    traffic.wait_for_more()


def replace_master(site: Site, traffic: Traffic) -> int:
    """A new master with new code, which is returned, in place of the old one."""
    workers = set(site.process.children())
    site.process.signal(signal.SIGUSR2)
    wait_until(lambda: len(site.process.children()) == 3)
    [new] = set(site.process.children()) - workers
    wait_until(lambda: len(children_of(new)) == 2)
    site.process.signal(signal.SIGTERM)
    wait_until(lambda: not site.process.is_running)
    traffic.wait_for_more()
    return new


def saved_by(owner: User) -> set[str]:
    return {str(pk) for pk in Entry.objects.of(owner).values_list("pk", flat=True)}


def test_neither_reload_nor_new_master_loses_a_request(
    owner: User, token: str, settings: Settings, tmp_path: Path
) -> None:
    with running(settings, tmp_path) as site:
        with Traffic(site, token) as traffic:
            reload(site, traffic)
            new = replace_master(site, traffic)
        os.kill(new, signal.SIGTERM)
        wait_until(lambda: not site.is_listening())
    assert sorted(traffic.saved) == sorted(saved_by(owner))
