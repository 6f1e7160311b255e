"""Limits that hold for all processes of a site together, which share a Redis."""

import http.client
import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.factories import PASSWORD
from tests.services.process import ServiceProcess, free_port
from tests.services.redis import RedisServer

LIMIT = 10


class Site:
    """A process that serves the site, of which there are two."""

    def __init__(self, folder: Path, **environment: str) -> None:
        self.port = free_port()
        self.process = ServiceProcess(
            [Path(os.sys.executable), "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "moduhyu.wsgi"],
            log=folder / f"{self.port}.log",
            is_ready=self._answers,
            env=os.environ | {"HOST": "127.0.0.1", "PORT": str(self.port), "VAR_DIR": str(folder)} | environment,
        )

    def request(self, method: str, path: str, body: object = None, **headers: str) -> tuple[int, bytes]:
        with closing(http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)) as connection:
            connection.request(method, path, json.dumps(body), {"Content-Type": "application/json", **headers})
            response = connection.getresponse()
            return response.status, response.read()

    def _answers(self) -> bool:
        try:
            return self.request("GET", "/healthz")[0] == 200
        except OSError:
            return False
