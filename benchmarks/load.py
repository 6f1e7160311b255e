"""Clients that write and read at their own pace, each in a process of its own, on the cores of whoever starts them."""

import http.client
import multiprocessing
import random
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.pool import AsyncResult
from typing import Any

from benchmarks.served import Client

Action = Callable[[Client, random.Random, int], None]


@dataclass(frozen=True)
class Person:
    """What somebody does again and again, and the mean seconds from one time to the next; 0 is without a rest."""

    action: Action
    port: int
    token: str = ""
    pause_s: float = 0.0
    seed: int = 0


@dataclass
class Outcome:
    """Seconds of each action that ended well, and the first words of each error."""

    seconds: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)


def live(person: Person, seconds: float) -> Outcome:
    """Be that person for so long; what was begun is brought to its end."""
    chance, client, outcome = random.Random(person.seed), Client(person.port, person.token), Outcome()  # noqa: S311
    end = time.perf_counter() + seconds
    time.sleep(chance.uniform(0, person.pause_s))  # they do not begin all at once
    number = 0
    while time.perf_counter() < end:
        started = time.perf_counter()
        try:
            person.action(client, chance, number)
            outcome.seconds.append(time.perf_counter() - started)
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            outcome.errors.append(f"{type(error).__name__}: {error}"[:200])
            time.sleep(0.1)
        number += 1
        if person.pause_s:
            time.sleep(chance.uniform(0.5, 1.5) * person.pause_s)
    return outcome


def live_together(people: Sequence[Person], seconds: float) -> list[Outcome]:
    """All of them at once, in the order given."""
    with multiprocessing.get_context("spawn").Pool(len(people)) as pool:
        results: list[AsyncResult[Any]] = [pool.apply_async(live, (person, seconds)) for person in people]
        return [result.get() for result in results]
