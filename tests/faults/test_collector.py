"""gunicorn's settings stop the collector of garbage while the site loads: whoever serves has it back."""

import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.request import urlopen

import pytest

from tests.services.process import ServiceProcess, free_port

APPLICATION = """
import gc
import os
def application(environ, start_response):
    start_response("200 OK", [])
    return [f"{os.getpid()} {gc.isenabled()}".encode()]
"""
CONFIGURATION = """
import runpy
globals().update(runpy.run_path({path!r}))
def on_starting(server): pass
def when_ready(server): pass
"""
DEADLINE_S = 20


@pytest.fixture(params=["scripts/gunicorn.conf.py", "deploy/gunicorn.conf.py"])
def server(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[ServiceProcess, str]]:
    """A running gunicorn of two workers, and its address."""
    port = free_port()
    (tmp_path / "told.py").write_text(APPLICATION)
    configuration = tmp_path / "gunicorn.conf.py"
    configuration.write_text(CONFIGURATION.format(path=request.param))
    environment = {"HOST": "127.0.0.1", "PORT": str(port), "BIND": f"127.0.0.1:{port}", "WEB_CONCURRENCY": "2"}
    process = ServiceProcess(
        [sys.executable, "-m", "gunicorn", "--config", configuration, "--pythonpath", tmp_path, "told:application"],
        log=tmp_path / "site.log",
        is_ready=lambda: len(process.children()) == 2,
        env=environment,
    )
    process.start()
    yield process, f"http://127.0.0.1:{port}/"
    process.kill()


def told_by(address: str, *, besides: frozenset[str]) -> tuple[str, str]:
    """The id of a process that serves and is none of those, and whether its collector is on."""
    deadline = time.monotonic() + DEADLINE_S
    while True:
        with urlopen(address, timeout=DEADLINE_S) as answer:  # noqa: S310 - its own server
            process_id, is_on = answer.read().decode().split()
        if process_id not in besides:
            return process_id, is_on
        assert time.monotonic() < deadline
        time.sleep(0.05)


def test_collector_is_on_before_and_after_a_reload(server: tuple[ServiceProcess, str]) -> None:
    process, address = server
    old = frozenset(str(child) for child in process.children())
    assert told_by(address, besides=frozenset())[1] == "True"
    process.signal(signal.SIGHUP)
    assert told_by(address, besides=old)[1] == "True"
