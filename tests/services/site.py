"""The site behind a real gunicorn, on the database of the test that runs."""

import base64
import http.client
import os
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.services.process import ServiceProcess, free_port


@contextmanager
def served_site(encryption_keys: Sequence[bytes], *, log: Path, workers: int = 2) -> Iterator[int]:
    """The port on which the site answers, by so many processes with as many threads as `make run` gives it.

    It sees what is committed: only tests whose transactions are real can use it.
    """
    port = free_port()
    options = (
        "--bind",
        f"127.0.0.1:{port}",
        "--workers",
        str(workers),
        "--worker-class",
        "gthread",
        "--threads",
        "8",
        "--keep-alive",
        "60",
    )
    server = ServiceProcess(
        [sys.executable, "-m", "gunicorn", *options, "moduhyu.wsgi"],
        log=log,
        is_ready=lambda: _answers(port),
        env=site_environment(encryption_keys),
    )
    server.start()
    try:
        yield port
    finally:
        server.kill()


def site_environment(encryption_keys: Sequence[bytes]) -> dict[str, str]:
    """What a process needs to be one of the test's site: its database and its keys."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "DATABASE_URL": _database_url(),
        "ENCRYPTION_KEYS": ",".join(base64.urlsafe_b64encode(key).decode() for key in encryption_keys),
    }


def _database_url() -> str:
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        return f"sqlite:///{database['NAME']}"
    return f"postgresql://{database['USER']}@{database['HOST']}:{database['PORT']}/{database['NAME']}"


def _answers(port: int) -> bool:
    try:
        client = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
        client.request("GET", "/api/v1/entries/")
        return client.getresponse().status == 401
    except OSError:
        return False
