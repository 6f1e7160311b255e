"""GET of JSON against a real server that misbehaves in every way that services do."""

import socket
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.http import JsonService
from catalog.importers.providers.retry import Patience, read_retry_after
from tests.catalog.providers.server import Asked, Reply, serve

HASTE = Patience(tries=3, timeout=2, backoff=0.001, max_wait=5)


def service(url: str, patience: Patience = HASTE) -> JsonService:
    return JsonService("Service", url, setting="SERVICE_URL", patience=patience)


def in_turn(*replies: Reply) -> Callable[[Asked], Reply]:
    """Each reply once, the last one for ever."""
    left = list(replies)
    return lambda request: left.pop(0) if len(left) > 1 else left[0]


GOOD = Reply(body={"content": []})


def test_get_sends_the_query_and_reads_the_answer() -> None:
    with serve(in_turn(GOOD)) as server:
        assert service(server.url + "/").get("/v1/track", {"ids": "a,b"}) == {"content": []}
        [asked] = server.asked
        assert (asked.path, asked.query) == ("/v1/track", {"ids": "a,b"})
        assert asked.headers["Accept"] == "application/json"


def test_get_not_found_is_none() -> None:
    with serve(in_turn(Reply(404, {}))) as server:
        assert service(server.url).get("/v1/track/x") is None
        assert len(server.asked) == 1


@pytest.mark.parametrize(
    "reply",
    [
        Reply(500, {}),
        Reply(503, b"<html>busy</html>"),
        Reply(429, {}),
        Reply(429, {}, headers={"Retry-After": "0"}),
        Reply(429, {}, headers={"Retry-After": "Wed, 21 Oct 2015 07:28:00 GMT"}),
        Reply(429, {}, headers={"Retry-After": "soon"}),
        Reply(body={"content": ["cut off in the middle"]}, cut=True),
        Reply(body=b'{"content": ['),
        Reply(body=b"\xff\xfe\xfd"),
    ],
    ids=["500", "503", "429", "429-seconds", "429-past-date", "429-words", "cut", "truncated", "bytes"],
)
def test_get_a_failure_that_passes_is_tried_again(reply: Reply) -> None:
    with serve(in_turn(reply, GOOD)) as server:
        assert service(server.url).get("/") == {"content": []}
        assert len(server.asked) == 2


@pytest.mark.parametrize(
    ("reply", "message"),
    [
        (Reply(500, {}), "Service: answers 500, after 3 tries. Try again later"),
        (Reply(body=b"{"), "not JSON, or breaks off, after 3 tries"),
        (Reply(body=[1, 2, 3], cut=True), "breaks off .*check the network and SERVICE_URL.*after 3 tries"),
    ],
)
def test_get_a_failure_that_stays_is_given_up(reply: Reply, message: str) -> None:
    with serve(in_turn(reply)) as server:
        with pytest.raises(ProviderError, match=message):
            service(server.url).get("/")
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("status", "message"), [(401, "refuses .401.. Use --provider csv"), (403, "refuses .403."), (301, "answers 301")]
)
def test_get_a_refusal_is_not_tried_again(status: int, message: str) -> None:
    with serve(in_turn(Reply(status, {}, headers={"Location": "/elsewhere"}))) as server:
        with pytest.raises(ProviderError, match=message):
            service(server.url).get("/")
        assert len(server.asked) == 1


def in_ten_minutes() -> str:
    return format_datetime(datetime.now(UTC) + timedelta(minutes=9, seconds=50), usegmt=True)


@pytest.mark.parametrize("retry_after", [lambda: "600", in_ten_minutes], ids=["seconds", "date"])
def test_get_a_long_wait_is_left_to_the_operator(retry_after: Callable[[], str]) -> None:
    with serve(in_turn(Reply(429, {}, headers={"Retry-After": retry_after()}))) as server:
        with pytest.raises(ProviderError, match=r"Service: answers 429\. It asks to wait: try again in 10 minutes"):
            service(server.url).get("/")
        assert len(server.asked) == 1


def test_get_a_slow_answer_times_out() -> None:
    with serve(in_turn(Reply(delay=0.5))) as server:
        haste = Patience(tries=2, timeout=0.05, backoff=0.001)
        with pytest.raises(ProviderError, match=r"no answer within 0\.05 seconds, after 2 tries"):
            service(server.url, haste).get("/")


def test_get_a_refused_connection_names_the_setting() -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening
        url = f"http://127.0.0.1:{closed.getsockname()[1]}"
        with pytest.raises(ProviderError, match=r"Service: can't be reached.*SERVICE_URL.*after 3 tries"):
            service(url).get("/")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (None, None),
        ("0", 0),
        (" 17 ", 17),
        ("-5", None),
        ("1.5", None),
        ("", None),
        ("٣", None),
        ("Wed, 21 Oct 2015 07:28:00 GMT", 0),
        ("Wed, 21 Oct 2015 07:28:00 -0000", 0),
        ("9" * 400, 999_999_999),
    ],
)
def test_read_retry_after(value: str | None, expected: float | None) -> None:
    assert read_retry_after(value) == expected
