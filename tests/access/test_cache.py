"""The shared cache, with Redis there, gone, back again, and hanging."""

import logging
import os
import pickle
import signal
import socket
import time
from collections.abc import Iterator

import pytest
import redis
from django.conf import LazySettings
from django.core.cache import cache, caches
from django.test import Client

from accounts.models import User
from moduhyu import cache as cache_module
from tests.factories import PASSWORD
from tests.services.redis import RedisServer

LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _never_paused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache_module, "_paused_until", {})


@pytest.fixture
def redis_of_its_own() -> Iterator[RedisServer]:
    """One that a test may stop: others share theirs."""
    server = RedisServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def silent_redis() -> Iterator[str]:
    """The address of a Redis that takes connections and says nothing."""
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        server.listen()
        yield f"redis://127.0.0.1:{server.getsockname()[1]}/0"


def use(settings: LazySettings, url: str) -> None:
    settings.CACHES = {"default": {"BACKEND": "moduhyu.cache.RedisOrMemoryCache", "LOCATION": url}}


def wrong_password(client: Client, email: str) -> bool:
    """Whether the password was looked at, and not refused for too many attempts."""
    response = client.post(LOGIN, {"login": email, "password": "wrong"})
    [error] = response.context["form"].errors.as_data()["__all__"]
    return bool(error.code != "too_many_login_attempts")


def test_every_call_works_with_redis_and_without(settings: LazySettings, redis_of_its_own: RedisServer) -> None:
    use(settings, redis_of_its_own.url)
    for is_up in (True, False):
        if not is_up:
            redis_of_its_own.process.kill()
        assert cache.add("key", [1.5, 2.5], 60)
        assert not cache.add("key", "another", 60)
        assert cache.get("key") == [1.5, 2.5]
        assert cache.touch("key", 60)
        assert cache.delete("key")
        assert cache.get("key", "none") == "none"
        cache.set("count", 1, 60)
        assert cache.incr("count") == 2
        cache.set_many({"a": True, "b": "글"}, 60)
        assert cache.get_many(["a", "b", "c"]) == {"a": True, "b": "글"}
        assert cache.has_key("a")
        cache.delete_many(["a"])
        assert "a" not in cache
        cache.clear()
        assert cache.get("b") is None


def test_redis_is_asked_again_when_the_pause_is_over(
    settings: LazySettings, redis_of_its_own: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, redis_of_its_own.url)
    cache.set("where", "redis", None)
    redis_of_its_own.process.kill()
    cache.set("where", "memory", None)
    redis_of_its_own.start()
    assert cache.get("where") == "memory"  # still within the pause
    monkeypatch.setattr(cache_module, "_paused_until", {})
    assert cache.get("where") == "redis"


def test_hanging_redis_holds_up_one_call_alone(
    settings: LazySettings, silent_redis: str, caplog: pytest.LogCaptureFixture
) -> None:
    use(settings, silent_redis.replace("redis://", "redis://:secret-of-redis@"))
    with caplog.at_level(logging.WARNING, logger="moduhyu.cache"):
        for number in range(100):
            cache.set(f"key-{number}", number, 60)
    assert cache.get("key-99") == 99
    assert len(caplog.records) == 1  # every try would have told of itself
    assert "secret-of-redis" not in caplog.text


@pytest.mark.parametrize("call", ["add", "get"])
def test_lock_is_released_though_redis_was_slow(
    settings: LazySettings, redis_of_its_own: RedisServer, call: str
) -> None:
    """Left in Redis, it would keep out whoever logs in by another process, until it ends by itself."""
    use(settings, redis_of_its_own.url)
    with redis.Redis.from_url(redis_of_its_own.url) as client:
        assert cache.add("lock" if call == "get" else "another", True, 60)  # it also connects
        os.kill(redis_of_its_own.process.pid, signal.SIGSTOP)
        assert cache.add("lock", True, 60) if call == "add" else cache.get("count") is None
        os.kill(redis_of_its_own.process.pid, signal.SIGCONT)
        deadline = time.monotonic() + 10
        while not client.keys("*lock"):  # what was sent is done, late
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert cache.delete("lock")
        assert not client.keys("*lock")
    assert cache.get("lock") is None


def test_hanging_redis_holds_up_each_release(settings: LazySettings, silent_redis: str) -> None:
    use(settings, silent_redis)
    assert cache.add("lock", True, 60)
    assert cache.delete("lock")
    assert not cache.delete("lock")
    assert cache.add("lock", True, 60)


def test_pause_is_of_all_threads_and_of_one_redis(silent_redis: str) -> None:
    def in_a_thread() -> cache_module.RedisOrMemoryCache:
        return cache_module.RedisOrMemoryCache(silent_redis, {})  # as every thread makes its own

    in_a_thread().set("key", "value")
    paused_until = dict(cache_module._paused_until)
    assert in_a_thread().get("key") == "value"
    assert cache_module._paused_until == paused_until
    assert list(paused_until) == [silent_redis]
    assert 0 < paused_until[silent_redis] - time.monotonic() <= cache_module.PAUSE_S


def test_what_lies_in_redis_is_never_run(settings: LazySettings, redis_of_its_own: RedisServer) -> None:
    class Evil:
        def __reduce__(self) -> tuple[object, tuple[str]]:
            return exec, ("raise SystemExit('run')",)

    use(settings, redis_of_its_own.url)
    cache.set("key", "value", 60)
    with redis.Redis.from_url(redis_of_its_own.url) as client:
        [name] = client.keys("*key")
        client.set(name, pickle.dumps(Evil()))
    with pytest.raises(ValueError, match="codec"):
        cache.get("key")


def test_memory_holds_more_limits_than_an_attacker_makes_in_a_minute(settings: LazySettings) -> None:
    for number in range(1_000):
        caches["default"].set(f"key-{number}", number, 60)
    assert cache.get("key-0") == 0


@pytest.mark.django_db
def test_log_in_works_while_redis_is_down_and_attempts_are_still_counted(
    settings: LazySettings, redis_of_its_own: RedisServer, owner: User
) -> None:
    use(settings, redis_of_its_own.url)
    redis_of_its_own.process.kill()
    attacker = Client(headers={"accept-language": "ko"})
    assert attacker.post(LOGIN, {"login": owner.email, "password": PASSWORD}).status_code == 302
    attacker.post("/accounts/logout/")
    looked_at = [wrong_password(attacker, "somebody@example.com") for _ in range(7)]
    assert looked_at == [True] * 5 + [False] * 2
