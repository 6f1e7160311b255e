"""Patience with a service: asking again with growing pauses, or when the service says to."""

import math
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TypeVar

from catalog.importers.providers.base import ProviderError

T = TypeVar("T")

# Too many requests, and what a server or a proxy before it answers while it can't do better.
PASSING = frozenset({408, 429, 500, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a service is waited for: `timeout` seconds an answer, `backoff` seconds before the second try and twice
    as many before each later one, and never more than `max_wait` seconds at once."""

    tries: int = 5
    timeout: float = 10
    backoff: float = 1
    max_wait: float = 120


class PassingError(Exception):
    """A failure that may be over at the next try; `retry_after` is the service's own word on when, in seconds."""

    def __init__(self, problem: str, *, retry_after: float | None = None) -> None:
        super().__init__(problem)
        self.retry_after = retry_after


def ask_patiently(ask: Callable[[], T], patience: Patience, *, service: str) -> T:
    """What `ask` returns, tried again while it raises PassingError.

    Raises ProviderError after the last try, or at once when the service asks for a longer wait than `max_wait`.
    """
    for attempt in range(1, patience.tries + 1):
        try:
            return ask()
        except PassingError as error:
            failure = error
        wait = failure.retry_after
        if wait is None:
            # Half of it by chance: clients that failed together shall not come back together.
            wait = min(patience.backoff * 2 ** (attempt - 1), patience.max_wait) * random.uniform(0.5, 1)  # noqa: S311
        if wait > patience.max_wait:
            minutes = math.ceil(wait / 60)
            raise ProviderError(f"{service}: {failure}. It asks to wait: try again in {minutes:,} minutes")
        if attempt < patience.tries:
            time.sleep(wait)
    raise ProviderError(f"{service}: {failure}, after {patience.tries} tries. Try again later")


def read_retry_after(value: str | None) -> float | None:
    """Seconds to wait by a Retry-After header, given in seconds or as a date (RFC 9110, 10.2.3); None without one."""
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text[:9])  # thirty years are enough
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:  # "-0000", which the RFC reads as UTC
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
