"""How `make run` serves the site: one process, several threads."""

import os
import sys
from typing import Any

host, port = os.environ["HOST"], os.environ["PORT"]
bind = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
# One process, because without Redis the counters of login attempts live in its memory and are not shared.
workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
worker_class = "moduhyu.gunicorn_worker.PatientWorker"
threads = 8
preload_app = True
loglevel = "warning"
control_socket_disable = True  # nothing is written outside the project's folder
# A heartbeat file on disk can stall a worker; this folder is memory.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108, PTH112


def on_starting(server: Any) -> None:
    """Bring the database up to date before anybody is let in; Django is loaded by now (preload_app)."""
    from django.core.management import CommandError, call_command

    from moduhyu.serving import settle, stop_monitor

    stop_monitor()
    try:
        call_command("prepare")
    except CommandError as error:
        raise SystemExit(f"prepare: {error}") from error
    settle()


def post_fork(server: Any, worker: Any) -> None:
    """In a new worker."""
    from moduhyu.serving import end_with_master

    end_with_master()


def pre_exec(server: Any) -> None:
    """After SIGUSR2: start the new master as the first one was. By itself gunicorn would run its own __main__.py as a
    script, beside which Python finds a folder `http` that is not its own.
    """
    server.START_CTX["args"] = [sys.executable, "-m", "gunicorn", *sys.argv[1:]]


def when_ready(server: Any) -> None:
    """Say where the site is, once it really listens."""
    shown = "127.0.0.1" if host in ("0.0.0.0", "::") else bind.rpartition(":")[0]  # noqa: S104
    sys.stdout.write(f"\n  모두의 휴게소 · http://{shown}:{port}\n  Ctrl+C로 끝내요 · Ctrl+C to stop\n\n")
    sys.stdout.flush()
