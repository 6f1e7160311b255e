"""Token buckets in Redis, which all processes of a site share: see `diary.api.buckets`."""

import logging
import time

import redis

from diary.api.buckets import Rate

logger = logging.getLogger(__name__)


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
