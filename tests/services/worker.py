"""A real Celery worker in a process of its own."""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from tests.services.process import ServiceProcess


@contextmanager
def celery_worker(env: Mapping[str, str], *, log: Path, with_beat: bool = False) -> Iterator[ServiceProcess]:
    """Run a worker with `env` over this process's environment; yields it once it waits for tasks.

    `with_beat` also runs what the settings schedule.

    `env` names at least CELERY_BROKER_URL and the DATABASE_URL of the database that the test writes to.
    """
    options = (
        "--loglevel=INFO",
        "--concurrency=1",
        "--without-gossip",
        "--without-mingle",
        *(["--beat"] if with_beat else []),
    )
    worker = ServiceProcess(
        [sys.executable, "-m", "celery", "--app", "moduhyu", "worker", *options],
        log=log,
        is_ready=lambda: " ready." in worker.output(),
        env={**os.environ, **env},
    )
    worker.start()
    try:
        yield worker
    finally:
        worker.kill()
