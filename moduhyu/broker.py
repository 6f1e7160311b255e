"""kombu's Redis transport, whose worker survives that Redis is lost."""

from kombu.transport import redis
from redis.exceptions import ConnectionError as RedisConnectionError


class Channel(redis.Channel):
    """A channel that says of a lost connection that it is lost.

    When a worker with messages in hand loses Redis, it closes the connection twice. The second time, kombu stumbles
    over an attribute that is gone, which Celery takes for a fault of its own and ends the worker.
    """

    def _connparams(self, asynchronous: bool = False) -> object:
        if self.connection.client is None:
            raise RedisConnectionError("the connection to the broker is closed")
        return super()._connparams(asynchronous)  # type: ignore[no-untyped-call]


class Transport(redis.Transport):
    """The transport with that channel."""

    Channel = Channel
