"""The cache that all processes share, which lasts while Redis does not: it counts log-ins, and nobody is kept out."""

import json
import logging
import time
from typing import Any

from django.core.cache.backends.base import BaseCache
from django.core.cache.backends.locmem import LocMemCache
from django.core.cache.backends.redis import RedisCache
from redis import RedisError

logger = logging.getLogger(__name__)

PAUSE_S = 5.0  # how long Redis is not asked again after it has failed
TIMEOUT_S = 0.25  # for a connection, and for an answer

# Of each Redis, since every thread has a cache of its own: when it may be asked again.
_paused_until: dict[str, float] = {}


class JsonSerializer:
    """Numbers, words and lists of them. Django's own would run what whoever can write to Redis has put there."""

    def dumps(self, value: Any) -> bytes | int:
        """Plain integers stay numbers to Redis, which adds to them."""
        return value if type(value) is int else json.dumps(value).encode()

    def loads(self, data: bytes) -> Any:
        return json.loads(data)


class RedisOrMemoryCache(BaseCache):
    """Redis, or the memory of this process while Redis does not answer.

    Limits are those of each process then. One request in PAUSE_S waits TIMEOUT_S for a Redis that hangs, and each that
    deletes: allauth holds a lock while it counts, and one that stayed in Redis would keep people out for ten seconds.
    """

    def __init__(self, server: str, params: dict[str, Any]) -> None:
        super().__init__(params)
        self._server = server
        times = {"socket_timeout": TIMEOUT_S, "socket_connect_timeout": TIMEOUT_S}
        self._redis = RedisCache(server, params | {"OPTIONS": {**times, "serializer": JsonSerializer}})
        self._memory = LocMemCache(f"beside {server}", params)

    def add(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("add", *args, **kwargs))

    def get(self, *args: Any, **kwargs: Any) -> Any:
        return self._ask("get", *args, **kwargs)

    def set(self, *args: Any, **kwargs: Any) -> None:
        self._ask("set", *args, **kwargs)

    def touch(self, *args: Any, **kwargs: Any) -> bool:
        return bool(self._ask("touch", *args, **kwargs))

    def delete(self, *args: Any, **kwargs: Any) -> bool:
        """Delete from both, also while Redis is not asked otherwise: it may hold what it took too late to tell."""
        was_in_memory = self._memory.delete(*args, **kwargs)
        try:
            return bool(self._redis.delete(*args, **kwargs)) or was_in_memory
        except RedisError as error:
            self._pause(error)
            return was_in_memory

    def incr(self, *args: Any, **kwargs: Any) -> int:
        return int(self._ask("incr", *args, **kwargs))

    def clear(self) -> None:
        self._ask("clear")

    def _ask(self, method: str, *args: Any, **kwargs: Any) -> Any:
        if time.monotonic() >= _paused_until.get(self._server, 0):
            try:
                return getattr(self._redis, method)(*args, **kwargs)
            except RedisError as error:
                self._pause(error)
        return getattr(self._memory, method)(*args, **kwargs)

    def _pause(self, error: RedisError) -> None:
        _paused_until[self._server] = time.monotonic() + PAUSE_S
        # Its class alone: a message may carry the address with its password.
        logger.warning("Redis fails (%s); each process counts for itself for %g s", type(error).__name__, PAUSE_S)
