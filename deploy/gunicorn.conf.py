"""How a machine of its own serves the site: on the socket that systemd holds, behind nginx.

The socket outlives every process here: while the site starts again, requests wait in it. Migrations are a step of
their own, `moduhyu-prepare.service`.
"""

import gc
import os
from typing import Any

# Nearly all that is loaded stays: looking at it again and again takes a tenth of the start. Workers enable it.
gc.disable()
bind = os.environ.get("BIND", "unix:/run/moduhyu/web.sock")  # where no socket was handed over, as in a container
workers = int(os.environ.get("WEB_CONCURRENCY", "2"))
worker_class = "moduhyu.gunicorn_worker.PatientWorker"
threads = 8
preload_app = True  # loaded once and shared by the workers: the second costs a fraction of the first
loglevel = "warning"
control_socket_disable = True  # nobody but systemd commands the site
worker_tmp_dir = "/dev/shm"  # noqa: S108 - heartbeats are memory, and names there are random
graceful_timeout = 60  # an import that was begun is ended
limit_request_line = 8190
# One request in so many has its worker replaced: whatever leaks in a library is given back.
max_requests, max_requests_jitter = 20_000, 5_000


def on_starting(server: Any) -> None:
    """Once, before the workers are forked; Django is loaded by now (preload_app)."""
    from moduhyu.serving import settle, stop_monitor

    stop_monitor()
    settle()


def post_fork(server: Any, worker: Any) -> None:
    """In a new worker."""
    from moduhyu.gunicorn_worker import end_with_master

    end_with_master()


def post_worker_init(worker: Any) -> None:
    """In a worker that is about to serve."""
    gc.enable()  # not before the fork: SIGHUP reads this file again, and forks without `on_starting`
