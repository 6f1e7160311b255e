"""Serves the site as `make run` does, with the shipped model and catalogue and a life in it."""

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2]
START_SECONDS = 120


@contextmanager
def serve(folder: Path) -> Iterator[str]:
    """The address of a running site whose whole state lies in the folder, error pages at /errors/ included."""
    port = _free_port()
    env = {
        **os.environ,
        "VAR_DIR": str(folder),
        "DJANGO_SETTINGS_MODULE": "tests.pages.settings",
        "DATABASE_URL": "",
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "HTTPS": "false",
    }
    collect = [sys.executable, "manage.py", "collectstatic", "--noinput", "--verbosity", "0"]
    subprocess.run(collect, cwd=PROJECT, env=env, check=True)
    command = [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "moduhyu.wsgi:application"]
    with (folder / "site.log").open("wb") as log:
        process = subprocess.Popen(command, cwd=PROJECT, env=env, stdout=log, stderr=log)
        try:
            address = f"http://127.0.0.1:{port}"
            _wait_for(address, process, folder / "site.log")
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            raise RuntimeError(f"the site ended at once:\n{log.read_text(errors='replace')[-2000:]}")
        try:
            urllib.request.urlopen(f"{address}/help/", timeout=5)  # noqa: S310 - our own address
        except OSError:  # nobody listens yet, or who does still loads the catalogue
            time.sleep(0.1)
        else:
            return
    raise RuntimeError(f"the site did not answer within {START_SECONDS} seconds")
