"""The original's stack beside ours: start, memory, speed of an answer, answers per second. One worker on one core.

Run `make bench-stack`, or `python -m benchmarks.stack`; needs requirements/train.txt and a Java runtime. Two
comparisons, which must not be mixed:

- *View against view*: the same minimal Django view (text in, label out, no database) around each model. The original's
  three KoNLPy analysers with an LSTM of its size, untrained, asked by `model.predict` and by Keras' quickest call;
  and the model that ships here.
- *The whole site*: an entry is saved through the API, sealed, read, answered with films and music, in SQLite. It does
  far more than the original's view; the ratio says how its whole save compares with the other's bare answer.

Latency is that of one client; the rate is that of four at once, in processes of their own on the other core.
"""

import argparse
import random
import statistics
import tempfile
import time
from collections import deque
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.load import Action, Person, live_together
from benchmarks.memory import pss_mib
from benchmarks.save_entry import percentile, text_of
from benchmarks.served import Client, Server, keep_off_core, original_view, prepare_site, sign_up, whole_site
from benchmarks.start_up import print_start_up, print_two_workers

ANALYZERS = ("okt", "komoran", "hannanum")
SIZES = (60, 600)  # characters
WARM_UP = 10
KEPT = 30  # entries
CLIENTS = 4
FIRST, QUICKEST, OURS, SITE = "predict", "predict_on_batch", "ours", "the whole site"


def ask(client: Client, path: str, length: int, number: int) -> dict[str, Any]:
    """One text, labelled by a view or saved by the site."""
    body = {"text": text_of(length, number)}
    return client.send("POST", path, body | ({"written_on": "2026-11-01"} if client.token else {}))


def ask_predict(client: Client, chance: random.Random, number: int) -> None:
    ask(client, "/predict/", 60, number)


def ask_predict_on_batch(client: Client, chance: random.Random, number: int) -> None:
    ask(client, "/predict_on_batch/", 60, number)


def save_entry(client: Client, chance: random.Random, number: int) -> None:
    ask(client, "/api/v1/entries/", 60, number)


ACTIONS: dict[str, tuple[str, Action]] = {
    FIRST: ("/predict/", ask_predict),
    QUICKEST: ("/predict_on_batch/", ask_predict_on_batch),
    SITE: ("/api/v1/entries/", save_entry),
}


Serve = Callable[[], AbstractContextManager[Server]]


@dataclass(frozen=True)
class Row:
    """One way to get an answer. Times in seconds, of one client; PSS in MiB after them; answers per second of four."""

    model: str
    call: str
    start: float
    pss: float
    times: dict[int, list[float]]
    rate: float

    def p50_ms(self, length: int) -> float:
        return statistics.median(self.times[length]) * 1000


def measure(model: str, serve: Serve, calls: tuple[str, ...], requests: int, seconds: float) -> list[Row]:
    """Start a server and ask it in each way."""
    rows = []
    with serve() as server:
        for call in calls:
            path, action = ACTIONS[call]
            tokens = [sign_up(server.port, f"{n}-writer") if call == SITE else "" for n in range(CLIENTS)]
            client = Client(server.port, sign_up(server.port, "alone") if call == SITE else "")
            times = {length: _time(client, path, length, requests) for length in SIZES}
            pss = pss_mib([server.pid])
            people = [Person(action, server.port, token, seed=seed) for seed, token in enumerate(tokens)]
            outcomes = live_together(people, seconds)
            if errors := [error for outcome in outcomes for error in outcome.errors]:
                raise RuntimeError(f"{model}, {call}: {errors[0]}")
            rate = sum(len(outcome.seconds) for outcome in outcomes) / seconds
            rows.append(Row(model, call, server.seconds, pss, times, rate))
            _print_row(rows[-1])
    return rows


def _time(client: Client, path: str, length: int, requests: int) -> list[float]:
    """Seconds of each request after some that are not counted.

    The site keeps the month that a daily writer would have; what is older is deleted, untimed.
    """
    times = []
    kept: deque[str] = deque()
    for number in range(WARM_UP + requests):
        started = time.perf_counter()
        answer = ask(client, path, length, number)
        times.append(time.perf_counter() - started)
        if "id" in answer:
            kept.append(answer["id"])
        if len(kept) > KEPT:
            client.send("DELETE", f"{path}{kept.popleft()}/")
    return times[WARM_UP:]


def _print_row(row: Row) -> None:
    columns = [row.model, row.call if row.model in ANALYZERS else "", f"{row.start:.1f}", f"{row.pss:.0f}"]
    for times in row.times.values():
        columns += [f"{percentile(times, share) * 1000:.1f}" for share in (0.5, 0.99)]
    print(f"| {' | '.join([*columns, f'{row.rate:.1f}'])} |", flush=True)


def print_ratios(rows: list[Row]) -> None:
    """How many times lighter and faster ours are than the original: the range over its three analysers."""
    print("\n| against | ours | lighter | sooner ready | faster, 60 characters | 600 | answers/s |")
    print(f"|{'---|' * 7}")
    for call in (FIRST, QUICKEST):
        theirs = [row for row in rows if row.call == call and row.model in ANALYZERS]
        for ours in (row for row in rows if row.model in (OURS, SITE)):
            columns = [call, "our view" if ours.model == OURS else SITE]
            for ratios in (
                [row.pss / ours.pss for row in theirs],
                [row.start / ours.start for row in theirs],
                *([row.p50_ms(length) / ours.p50_ms(length) for row in theirs] for length in SIZES),
                [ours.rate / row.rate for row in theirs],
            ):
                columns.append(f"{min(ratios):.1f}–{max(ratios):.1f}" if ratios else "–")
            print(f"| {' | '.join(columns)} |")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--requests", type=int, default=100, help="of one client, for each length and call")
    parser.add_argument("--seconds", type=float, default=10, help="for which four clients ask at once")
    parser.add_argument("--starts", type=int, default=5, help="of the site, for each kind of first answer")
    parser.add_argument("--analyzers", nargs="*", default=ANALYZERS, choices=ANALYZERS)
    options = parser.parse_args()
    keep_off_core()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        prepare_site(folder)
        print("| model | call | ready s | PSS MiB | 60 characters p50 ms | p99 | 600: p50 ms | p99 | answers/s |")
        print(f"|{'---|' * 9}", flush=True)
        rows = measure(OURS, lambda: original_view("ours"), (FIRST,), options.requests, options.seconds)
        for analyzer in options.analyzers:
            calls, serve = (FIRST, QUICKEST), lambda analyzer=analyzer: original_view(analyzer)
            rows += measure(analyzer, serve, calls, options.requests, options.seconds)
        rows += measure(SITE, lambda: whole_site(folder), (SITE,), options.requests, options.seconds)
        print_ratios(rows)
        print()
        print_start_up(folder, options.starts)
        print()
        print_two_workers(folder)


if __name__ == "__main__":
    main()
