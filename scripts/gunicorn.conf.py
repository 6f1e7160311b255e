"""How `make run` serves the site: one process, several threads."""

import gc
import os
import sys
from typing import Any

from gunicorn.arbiter import Arbiter

from moduhyu.gunicorn_worker import end_with_master, kept_alive

# Nearly all that is loaded stays: looking at it again and again takes a tenth of the start. Workers enable it.
gc.disable()
host, port = os.environ["HOST"], os.environ["PORT"]
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
# One process, because without Redis the counters of login attempts live in its memory and are not shared.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "moduhyu.gunicorn_worker.PatientWorker"
threads = 8
# Several workers share what was loaded before they are forked. A lone one shares it with nobody, and its master would
# keep what it had been before it ran: 30 MiB, for whatever runs is written to, if only to count references.
preload_app = workers > 1
loglevel = "warning"
control_socket_disable = True  # nothing is written outside the project's folder
# A heartbeat file on disk can stall a worker; this folder is memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112


def prepare() -> None:
    """Bring the database up to date before anybody is let in; Django is loaded by now. Raises SystemExit."""
    from django.core.management import CommandError, call_command

    from moduhyu.serving import stop_monitor

    stop_monitor()
    try:
        call_command("prepare")
    except CommandError as error:
        sys.stderr.write(f"prepare: {error}\n")
        raise SystemExit(Arbiter.WORKER_BOOT_ERROR) from error


def on_starting(server: Any) -> None:
    """Prepare what several workers share."""
    if preload_app:
        from moduhyu.serving import settle

        prepare()
        settle()


def post_fork(server: Any, worker: Any) -> None:
    """In a new worker."""
    end_with_master()


def post_worker_init(worker: Any) -> None:
    """Prepare a lone worker, which has loaded the site just now. One that replaces it finds everything prepared."""
    if not preload_app:
        from moduhyu.serving import settle

        if worker.age == 1:
            with kept_alive(worker):
                prepare()
            say_where()
        settle()
    gc.enable()  # not before the fork: SIGHUP reads this file again, and forks without `on_starting`


def pre_exec(server: Any) -> None:
    """After SIGUSR2: start the new master as the first one was. By itself gunicorn would run its own __main__.py as a
    script, beside which Python finds a folder `http` that is not its own.
    """
    server.START_CTX["args"] = [sys.executable, "-m", "gunicorn", *sys.argv[1:]]


def when_ready(server: Any) -> None:
    """Once it really listens, and is prepared."""
    if preload_app:
        say_where()


def say_where() -> None:
    """Say where the site is."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else bind.rpartition(":")[0]  # noqa: S104
    sys.stdout.write(f"\n  모두의 휴게소 · http://{shown}:{port}\n  Ctrl+C로 끝내요 · Ctrl+C to stop\n\n")
    sys.stdout.flush()
