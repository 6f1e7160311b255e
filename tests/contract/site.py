"""The real site for one run: gunicorn as `make run` starts it, on a database of its own in a real PostgreSQL."""

import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg2
import requests

from tests.services.process import ROOT, ServiceProcess, free_port

PASSWORD = "rest-stop-lamp-7"
# No limit may end a run that sends more than any phone would: what limits do is tested by itself.
RATES = {f"API_RATE_{name}": "off" for name in ("READ", "WRITE", "SEARCH", "BATCH", "HEAVY", "ANONYMOUS")}
ENVIRONMENT = {"HTTPS": "false", "DJANGO_SETTINGS_MODULE": "moduhyu.settings", **RATES}


class Site:
    """Where the site listens, and how somebody comes to a session there."""

    def __init__(self, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"

    def sign_up(self, email: str) -> str:
        """A new account's session token."""
        body = {"email": email, "password": PASSWORD}
        answer = requests.post(f"{self.url}/_allauth/app/v1/auth/signup", json=body, timeout=30)
        token: str = answer.json()["meta"]["session_token"]
        return token


@contextmanager
def running_site(cluster_url: str) -> Iterator[Site]:
    """Run the site on a fresh database of the cluster at `cluster_url`; it loads the shipped catalogue first."""
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="moduhyu-contract-") as folder:
        environment = {
            **os.environ,
            **ENVIRONMENT,
            "DATABASE_URL": _create_database(cluster_url, f"contract_{port}"),
            "VAR_DIR": folder,
            "HOST": "127.0.0.1",
            "PORT": str(port),
        }
        server = ServiceProcess(
            [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "moduhyu.wsgi:application"],
            log=Path(folder) / "site.log",
            is_ready=lambda: _listens(port),
            env=environment,
        )
        (Path(folder) / "static").mkdir()  # WhiteNoise warns of a folder that is not there
        # The site would do this itself; on a busy machine it takes longer than a server may take to start.
        prepare = [sys.executable, "manage.py", "prepare"]
        subprocess.run(prepare, cwd=ROOT, env=environment, check=True, capture_output=True)
        server.start()
        try:
            yield Site(port)
        finally:
            server.stop()


def _create_database(cluster_url: str, name: str) -> str:
    connection = psycopg2.connect(cluster_url)
    connection.autocommit = True
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE DATABASE {name}")
    connection.close()
    return urlunsplit(urlsplit(cluster_url)._replace(path=f"/{name}"))


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0
