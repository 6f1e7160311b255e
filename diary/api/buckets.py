"""Token buckets: how often something may happen, with room for bursts.

A bucket holds `rate.amount` tokens and fills up within `rate.seconds`, evenly. They are kept as the time at which each
is full again, one number (the generic cell rate algorithm: https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm).
"""

import functools
import logging
import threading
import time
from typing import NamedTuple, Protocol

import redis
from django.conf import settings

logger = logging.getLogger(__name__)

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


class RedisBuckets:
    """Buckets that all processes share, by one round trip for each token.

    While Redis is down, everything is let through: a diary that can't be written is worse than one that is written too
    often. It is asked again after PAUSE seconds, so that a Redis that hangs does not hold up every request.
    """

    PAUSE = 5.0
    TIMEOUT = 0.25  # seconds
    # The clock is Redis's own: those of the servers may differ.
    TAKE = """
        local time = redis.call('TIME')
        local now = time[1] + time[2] / 1000000
        local amount, seconds = tonumber(ARGV[1]), tonumber(ARGV[2])
        -- No bucket takes longer to fill: if one seems to, the clock has gone back meanwhile.
        local full_at = math.min(tonumber(redis.call('GET', KEYS[1]) or 0), now + seconds)
        full_at = math.max(full_at, now) + seconds / amount
        local wait = full_at - now - seconds
        if wait > 0.000001 then return tostring(wait) end
        local lifetime = math.max(1, math.ceil((full_at - now) * 1000))
        redis.call('SET', KEYS[1], string.format('%.6f', full_at), 'PX', lifetime)
        return '0'
    """

    def __init__(self, url: str) -> None:
        client = redis.Redis.from_url(url, socket_timeout=self.TIMEOUT, socket_connect_timeout=self.TIMEOUT)
        self._take = client.register_script(self.TAKE)
        self._paused_until = 0.0

    def take(self, key: str, rate: Rate) -> float:
        """See Buckets."""
        if time.monotonic() < self._paused_until:
            return 0
        try:
            return float(self._take(keys=[f"rate:{key}"], args=[rate.amount, rate.seconds]))
        except redis.RedisError as error:
            self._paused_until = time.monotonic() + self.PAUSE
            logger.warning("Redis does not answer, nothing is limited for %g s: %s", self.PAUSE, error)
            return 0


@functools.cache
def get_buckets(redis_url: str) -> Buckets:
    """Those of a Redis, or for an empty address those of this process."""
    return RedisBuckets(redis_url) if redis_url else LocalBuckets()


def take_token(key: str, rate: Rate) -> float:
    """Take a token of the site's buckets: 0, or the seconds until there is one."""
    return get_buckets(settings.REDIS_URL).take(key, rate)


def forget_buckets() -> None:
    """Fill all buckets of this process."""
    get_buckets.cache_clear()
