"""What a gunicorn of ours does with its processes; scripts/gunicorn.conf.py and deploy/gunicorn.conf.py call it."""

import ctypes
import gc
import signal
import sys

from django.db import connections
from tqdm import tqdm

from moduhyu.metrics import forget_dead_processes

PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


def stop_monitor() -> None:
    """Keep tqdm from starting its monitoring thread, which must not be alive when a worker is forked."""
    tqdm.monitor_interval = 0


def settle() -> None:
    """Make the master ready to be forked, once Django is loaded and the database looked at."""
    forget_dead_processes()
    connections.close_all()  # a connection must not be shared over the fork
    gc.collect()
    gc.freeze()  # what is loaded now stays: the collector need not look at it again at every save
    gc.set_threshold(20_000, 10, 10)  # not ten times in one request, which frees nearly all of its objects by itself


def end_with_master() -> None:
    """Have this worker end when its master is killed: with clients that keep their connections busy it would go on for
    half a minute, and no new master could have its port.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
