"""What a gunicorn of ours does with its processes; scripts/gunicorn.conf.py and deploy/gunicorn.conf.py call it."""

import gc

from django.conf import settings
from django.db import connections
from django.urls import get_resolver
from tqdm import tqdm

from diary.api.buckets import get_buckets
from moduhyu.metrics import forget_dead_processes


def stop_monitor() -> None:
    """Keep tqdm from starting its monitoring thread, which must not be alive when a worker is forked."""
    tqdm.monitor_interval = 0


def settle() -> None:
    """Make the process ready to serve, or to be forked into workers: Django is loaded and the database looked at.

    What a worker would load at its first request is loaded now: several share it then.
    """
    _ = get_resolver().url_patterns
    get_buckets(settings.REDIS_URL)  # where there is a Redis, with its client
    forget_dead_processes()
    connections.close_all()  # a connection must not be shared over the fork
    # What is loaded now stays: the collector need not look at it again at every save. So does what is garbage by now,
    # 3 objects of 100: to find them takes a tenth of a second at each start.
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)  # not ten times in one request, which frees nearly all of its objects by itself
