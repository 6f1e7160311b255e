"""Phones of one person at a real site, each with a connection and a login of its own."""

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from tests.services.site import served_site

CLIENTS = 20
ENTRIES = "/api/v1/entries/"


class Answer(NamedTuple):
    """What the site answered."""

    status: int
    etag: str
    content: dict[str, Any]


class Phone:
    """A client with a connection and a login of its own, and a mark that it signs texts with."""

    def __init__(self, port: int, user: User, number: int) -> None:
        login = Client()
        login.force_login(user)
        self.mark = f"〔{number}〕"
        self._token = login.cookies["sessionid"].value
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def send(self, method: str, path: str, body: Any = None, if_match: str = "") -> Answer:
        content = body if isinstance(body, bytes) else json.dumps(body) if body else None
        headers = {"Content-Type": "application/json", "X-Session-Token": self._token, "If-Match": if_match}
        headers = {name: value for name, value in headers.items() if value}
        self._connection.request(method, path, content, headers)
        response = self._connection.getresponse()
        answer = response.read()
        return Answer(response.status, response.headers.get("ETag", ""), json.loads(answer) if answer else {})


@pytest.fixture
def phones(owner: User, settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Phone]]:
    # They go on until something happens, which on a busy machine is after the limits of writing and of imports.
    monkeypatch.setenv("API_RATE_WRITE", "off")
    monkeypatch.setenv("API_RATE_HEAVY", "off")
    with served_site(settings.ENCRYPTION_KEYS, log=tmp_path / "site.log") as port:
        yield [Phone(port, owner, number) for number in range(CLIENTS)]


def at_once(phones: list[Phone], act: Callable[[Phone], Any]) -> list[Any]:
    """What each phone's act returns; all begin at the same moment."""
    start = threading.Barrier(len(phones))

    def act_at_start(phone: Phone) -> Any:
        start.wait(30)
        return act(phone)

    with ThreadPoolExecutor(len(phones)) as pool:
        return list(pool.map(act_at_start, phones))
