"""Servers to measure: gunicorn around the original's view or around the whole site; how soon they answer."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.memory import pinned_to
from tests.services.process import free_port

ROOT = Path(__file__).resolve().parent.parent
START_TIMEOUT_S = 180
CORE = min(os.sched_getaffinity(0))  # the servers'; clients keep to the others
ACCOUNT_PASSWORD = "rest-stop-lamp-7"  # noqa: S105
SITE_ENVIRONMENT = {"HTTPS": "false", "EMAIL_VERIFICATION": "none", "API_RATE_READ": "off", "API_RATE_WRITE": "off"}


def keep_off_core() -> None:
    """Leave CORE to the servers, as far as there is another one; what this process starts inherits that."""
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE} or {CORE})


@dataclass(frozen=True)
class Server:
    """A server that answers, its main process, and the seconds from its start to its first answer."""

    port: int
    pid: int
    seconds: float


@dataclass
class Client:
    """One connection to a server, opened again when the server has closed it."""

    port: int
    token: str = ""

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def send(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """The JSON answer. Raises RuntimeError for an error's status, OSError or HTTPException without an answer."""
        headers = {"Content-Type": "application/json"} | self._owner()
        try:
            self._connection.request(method, path, None if body is None else json.dumps(body), headers)
            response = self._connection.getresponse()
            content = response.read()
        except (OSError, http.client.HTTPException):
            self._connection.close()
            raise
        if response.status >= 400:
            raise RuntimeError(f"{method} {path}: {response.status} {content[:200]!r}")
        is_json = "json" in response.headers.get("Content-Type", "")
        return dict(json.loads(content)) if is_json else {}

    def _owner(self) -> dict[str, str]:
        return {"X-Session-Token": self.token, "If-Match": "*"} if self.token else {}

    def timed(self, method: str, path: str, body: dict[str, Any] | None = None) -> float:
        """Seconds until the whole answer was there."""
        started = time.perf_counter()
        self.send(method, path, body)
        return time.perf_counter() - started


@contextmanager
def original_view(model: str, *, workers: int = 1, database_url: str = "") -> Iterator[Server]:
    """The minimal view around a model (see benchmarks.original.wsgi). Each worker loads it: a Java machine and
    TensorFlow do not survive a fork."""
    arguments = ["--workers", str(workers), "--timeout", "120", "--log-level", "critical", "--no-control-socket"]
    environment = {"MODEL": model, "DATABASE_URL": database_url, "TF_CPP_MIN_LOG_LEVEL": "3", "OMP_NUM_THREADS": "1"}
    with _gunicorn([*arguments, "benchmarks.original.wsgi"], environment, first_page="/") as server:
        yield server


@contextmanager
def whole_site(folder: Path, *, workers: int = 1, first_page: str = "/", **environment: str) -> Iterator[Server]:
    """The site as `make run` serves it, whose database and secrets lie in `folder`."""
    environment = SITE_ENVIRONMENT | {"VAR_DIR": str(folder), "WEB_CONCURRENCY": str(workers)} | environment
    with _gunicorn(
        ["--config", "scripts/gunicorn.conf.py", "--keep-alive", "60", "moduhyu.wsgi"], environment, first_page
    ) as server:
        yield server


def prepare_site(folder: Path, **environment: str) -> None:
    """Migrate the database, load the catalogue and collect static files, as a first `make run` does."""
    env = os.environ | SITE_ENVIRONMENT | {"VAR_DIR": str(folder), "TQDM_DISABLE": "1"} | environment
    for command in (["prepare", "-v0"], ["collectstatic", "--noinput", "-v0"]):
        subprocess.run(
            [sys.executable, "manage.py", *command], cwd=ROOT, env=env, check=True, stdout=subprocess.DEVNULL
        )


def sign_up(port: int, name: str) -> str:
    """A new account's session token."""
    body = {"email": f"{name}@example.com", "password": ACCOUNT_PASSWORD}
    return str(Client(port).send("POST", "/_allauth/app/v1/auth/signup", body)["meta"]["session_token"])


@contextmanager
def _gunicorn(arguments: list[str], environment: dict[str, str], first_page: str) -> Iterator[Server]:
    port = free_port()
    env = os.environ | {"HOST": "127.0.0.1", "PORT": str(port)} | environment
    command = [sys.executable, "-m", "gunicorn", "--bind", f"127.0.0.1:{port}", *arguments]
    started = time.perf_counter()
    with pinned_to(CORE):
        process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait_for(port, first_page, process, started)
        yield Server(port, process.pid, time.perf_counter() - started)
    finally:
        process.terminate()
        process.wait()


def _wait_for(port: int, page: str, process: subprocess.Popen[bytes], started: float) -> None:
    while time.perf_counter() - started < START_TIMEOUT_S and process.poll() is None:
        try:
            Client(port).send("GET", page)
            return
        except (OSError, http.client.HTTPException):
            time.sleep(0.01)
    raise RuntimeError(f"no answer: gunicorn {'ended' if process.poll() is not None else 'is silent'}")
