"""The API over the wire: limits that two processes of a site share, and what HEAD and gzip look like there."""

import gzip
import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.factories import HAPPY, PASSWORD
from tests.services.process import ROOT, ServiceProcess, free_port
from tests.services.redis import RedisServer

ENTRIES = "/api/v1/entries/"
LOGIN = "/_allauth/app/v1/auth/login"
LIMIT = 20  # reads an hour, of each person


class Answer(NamedTuple):
    """What came back."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes


def ask(port: int, method: str, path: str, body: object = None, **headers: str) -> Answer:
    """One request on a connection of its own. Underscores in the names of headers stand for dashes."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=30)) as connection:
        connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **sent})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())


def is_up(port: int) -> bool:
    try:
        return ask(port, "GET", "/healthz").status == 200
    except OSError:
        return False


@pytest.fixture
def ports(tmp_path: Path, redis_server: RedisServer) -> Iterator[list[int]]:
    """Two processes that serve one site, each with its own memory."""
    # Without the settings of `make run`: each would load the whole catalogue first.
    command = [Path(sys.executable), "-m", "gunicorn", "--threads", "8", "moduhyu.wsgi", "--bind"]
    site = {"VAR_DIR": str(tmp_path), "DATABASE_URL": "", "REDIS_URL": redis_server.url}
    site |= {"DJANGO_SETTINGS_MODULE": "moduhyu.settings", "API_RATE_READ": f"{LIMIT}/h"}
    subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=os.environ | site, check=True)
    with ExitStack() as stack:
        ports = [free_port(), free_port()]
        for port in ports:
            process = ServiceProcess(
                [*command, f"127.0.0.1:{port}"],
                log=tmp_path / f"{port}.log",
                is_ready=lambda port=port: is_up(port),
                env=os.environ | site,
            )
            stack.callback(process.stop)
            process.start()
        yield ports


def sign_up(port: int, email: str) -> dict[str, str]:
    answer = ask(port, "POST", "/_allauth/app/v1/auth/signup", {"email": email, "password": PASSWORD})
    return {"X_Session_Token": json.loads(answer.body)["meta"]["session_token"]}


def test_two_processes_share_limits_and_speak_http(ports: list[int], redis_server: RedisServer) -> None:
    here, there = ports
    token = sign_up(here, "phone@example.com")
    created = ask(there, "POST", ENTRIES, {"text": HAPPY * 20, "written_on": "2026-11-01"}, **token)
    assert created.status == 201
    entry = f"{ENTRIES}{json.loads(created.body)['id']}/"

    head_equals_get(here, entry, token)
    compressed = head_equals_get(there, entry, token | {"Accept_Encoding": "gzip"})
    assert compressed.headers["ETag"].startswith('W/"1')
    assert json.loads(gzip.decompress(compressed.body))["text"] == HAPPY * 20
    changed = ask(here, "PATCH", entry, {"tags": ["비"]}, **token, If_Match=compressed.headers["ETag"])
    assert changed.status == 200

    taken = 4
    found = [ask(ports[number % 2], "GET", entry, **token).status for number in range(LIMIT)]
    assert found == [200] * (LIMIT - taken) + [429] * taken
    limited = ask(there, "GET", entry, **token)
    assert 0 < int(limited.headers["Retry-After"]) <= 3600 / LIMIT

    wrong = {"email": "guessed@example.com", "password": "wrong"}
    guesses = [ask(ports[number % 2], "POST", LOGIN, wrong).body for number in range(6)]
    assert ["too_many_login_attempts" in str(guess) for guess in guesses] == [False] * 5 + [True]

    redis_server.process.kill()
    try:
        right = {"email": "phone@example.com", "password": PASSWORD}
        assert [ask(port, "POST", LOGIN, right).status for port in ports] == [200, 200]
        assert [ask(port, "GET", entry, **token).status for port in ports] == [200, 200]
    finally:
        redis_server.start()


def head_equals_get(port: int, path: str, headers: dict[str, str]) -> Answer:
    """Asserts that HEAD says what GET says, without the body; returns GET's answer."""
    head, get = ask(port, "HEAD", path, **headers), ask(port, "GET", path, **headers)
    volatile = {"date", "expires", "x-request-id"}
    assert head.body == b""
    assert int(head.headers["Content-Length"]) == len(get.body)
    assert {name.lower(): value for name, value in head.headers.items() if name.lower() not in volatile} == {
        name.lower(): value for name, value in get.headers.items() if name.lower() not in volatile
    }
    return get
