"""Token buckets: how often something may happen, with room for bursts.

A bucket holds `rate.amount` tokens and fills up within `rate.seconds`, evenly. They are kept as the time at which each
is full again, one number (the generic cell rate algorithm: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
"""

import functools
import threading
import time
from typing import NamedTuple, Protocol

from django.conf import settings

ROUNDING = 1e-6  # seconds: sums of floats must not refuse the last token


class Rate(NamedTuple):
    """So many at once, and again so many within so many seconds."""

    amount: int
    seconds: int


class Buckets(Protocol):
    """Where buckets are kept."""

    def take(self, key: str, rate: Rate) -> float:
        """Take a token: 0, or the seconds until there is one. Nothing is taken then."""


class LocalBuckets:
    """Buckets in the memory of this process."""

    MANY = 10_000  # when the full ones are forgotten, first

    def __init__(self) -> None:
        self._full_at: dict[str, float] = {}
        self._many = self.MANY
        self._lock = threading.Lock()

    def take(self, key: str, rate: Rate) -> float:
        """See Buckets."""
        with self._lock:
            now = time.monotonic()
            if len(self._full_at) >= self._many:
                self._full_at = {name: full_at for name, full_at in self._full_at.items() if full_at > now}
                self._many = max(self.MANY, 2 * len(self._full_at))
            full_at = max(self._full_at.get(key, now), now) + rate.seconds / rate.amount
            wait = full_at - now - rate.seconds
            if wait > ROUNDING:
                return wait
            self._full_at[key] = full_at
            return 0


@functools.cache
def get_buckets(redis_url: str) -> Buckets:
    """Those of a Redis, or for an empty address those of this process."""
    if not redis_url:
        return LocalBuckets()
    from diary.api.redis_buckets import RedisBuckets  # here: a site without Redis does not load its large client

    return RedisBuckets(redis_url)


def take_token(key: str, rate: Rate) -> float:
    """Take a token of the site's buckets: 0, or the seconds until there is one."""
    return get_buckets(settings.REDIS_URL).take(key, rate)


def forget_buckets() -> None:
    """Fill all buckets of this process."""
    get_buckets.cache_clear()
