"""How long choosing three films or tracks takes in a small catalogue and in a big one, on SQLite and PostgreSQL.

Run `python -m benchmarks.recommend`. Each size is a made-up catalogue of so many films (a tag for each of five
feelings) and as many tracks (a tag for each of four moods). *Cold* is the first choice of a process, or the first in a
minute: it reads the pools. *Warm* is every other one. PostgreSQL is started for it, in a temporary folder.
"""

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.two_databases import run

ROOT = Path(__file__).resolve().parent.parent
# A mixed day: two feelings count, two tags are drawn from.
SCORES = {"sadness": 0.55, "anxiety": 0.2, "anger": 0.2, "neutral": 0.05}
COLD_REPEATS = 50
WARM_REPEATS = 2000


def measure(sizes: list[int]) -> dict[str, list[float]]:
    """Median seconds by what is measured, one for each size, in the database of this process's settings."""
    import django

    django.setup()
    from benchmarks.big_catalogue import grow_catalogue
    from catalog.pools import forget_pools
    from catalog.selectors import movies_for, tracks_for
    from ml.labels import Emotion, Strategy

    scores = {Emotion(emotion): score for emotion, score in SCORES.items()}
    times: dict[str, list[float]] = {}
    for size in grow_catalogue(sizes):
        for name, choose in (("films", movies_for), ("tracks", tracks_for)):
            chosen: Callable[[], Any] = lambda choose=choose: choose(scores=scores, strategy=Strategy.MATCH)  # noqa: E731
            if len(chosen()) != 3:
                raise RuntimeError(f"{name}: not three of {size:,}")
            cold = median_seconds(chosen, COLD_REPEATS, before=forget_pools)
            times.setdefault(f"three {name}, cold", []).append(cold)
            times.setdefault(f"three {name}, warm", []).append(median_seconds(chosen, WARM_REPEATS))
    return times


def median_seconds(call: Callable[[], Any], repeats: int, before: Callable[[], None] = lambda: None) -> float:
    """The median time of a call, without what is done before each."""
    times = []
    for _ in range(repeats):
        before()
        started = time.perf_counter()
        call()
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def print_table(sizes: list[int], databases: dict[str, dict[str, list[float]]]) -> None:
    heads = [f"{size:,} films" for size in sizes]
    print(f"| choosing | database | {' | '.join(f'{head}, ms' for head in heads)} | ratio |")
    print("|" + "---|" * (len(sizes) + 3))
    for database, times in databases.items():
        for name, seconds in times.items():
            cells = " | ".join(f"{value * 1000:.2f}" for value in seconds)
            print(f"| {name} | {database} | {cells} | {seconds[-1] / seconds[0]:.2f} |")


def main() -> None:
    if measured := run("benchmarks.recommend", __doc__, measure):
        print_table(*measured)


if __name__ == "__main__":
    main()
