"""How long a page of the catalogue takes, listed and searched, in a small one and in a big one, on both databases.

Run `python -m benchmarks.list_catalogue`. Each size is a made-up catalogue of so many films and as many tracks. A page
is of 20 items with their tags; *deep* begins in the middle. PostgreSQL is started for it, in a temporary folder.
"""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.two_databases import run

ROOT = Path(__file__).resolve().parent.parent
LIMIT = 20
REPEATS = 15
# {number} is one of the catalogue's own; 영화 is in every third film's title, 여 begins it.
SEARCHES = {
    "a frequent word": "film",
    "a frequent Korean word": "영화",
    "one syllable": "여",
    "a rare word": "{number}",
    "a rare and a frequent word": "영화 {number}",
    "a word that is nowhere": "nowhere",
    "punctuation": "-&-",
}


def measure(sizes: list[int]) -> dict[str, list[float]]:
    """Fastest seconds by what is read, one for each size, in the database of this process's settings."""
    import django

    django.setup()
    from benchmarks.big_catalogue import grow_catalogue

    times: dict[str, list[float]] = {}
    for size in grow_catalogue(sizes):
        for name, read in pages(size).items():
            times.setdefault(name, []).append(fastest_seconds(read))
    return times


def pages(size: int) -> dict[str, Callable[[], Any]]:
    """What is read, by name."""
    from catalog.listing import list_movies, list_tracks

    # Multiples of three have a Korean title; of seven, many reviews.
    number = str(size // 2 // 21 * 21)
    found: dict[str, Callable[[], Any]] = {
        "films": lambda: list_movies(limit=LIMIT),
        "films, deep": lambda: list_movies(limit=LIMIT, after=(5, size // 2)),
        "films of an emotion": lambda: list_movies(limit=LIMIT, emotion="joy"),
        "films of an emotion, deep": lambda: list_movies(limit=LIMIT, emotion="joy", after=(0.3, size // 2)),
        "tracks of a mood": lambda: list_tracks(limit=LIMIT, mood="calm"),
        "tracks of a mood, deep": lambda: list_tracks(limit=LIMIT, mood="calm", after=(0.9, size // 2)),
        "tracks, a rare word": lambda: list_tracks(limit=LIMIT, words=number),
    }
    for name, words in SEARCHES.items():
        typed = words.format(number=number)
        found[f"films, {name}"] = lambda typed=typed: list_movies(limit=LIMIT, words=typed)  # type: ignore[misc]
        found[f"films of an emotion, {name}"] = lambda typed=typed: list_movies(  # type: ignore[misc]
            limit=LIMIT, emotion="joy", words=typed
        )
    return found


def fastest_seconds(read: Callable[[], Any]) -> float:
    """The fastest of REPEATS readings of a page, after one: what others do on the machine slows down the rest."""
    read()
    times = []
    for _ in range(REPEATS):
        started = time.perf_counter()
        read()
        times.append(time.perf_counter() - started)
    return min(times)


def print_table(sizes: list[int], databases: dict[str, dict[str, list[float]]]) -> None:
    heads = [f"{database}, {size:,} films, ms" for database in databases for size in sizes]
    print(f"| a page of {LIMIT} | {' | '.join(heads)} |")
    print("|" + "---|" * (len(heads) + 1))
    for name in next(iter(databases.values())):
        cells = [f"{value * 1000:.1f}" for times in databases.values() for value in times[name]]
        print(f"| {name} | {' | '.join(cells)} |")


def main() -> None:
    if measured := run("benchmarks.list_catalogue", __doc__, measure):
        print_table(*measured)


if __name__ == "__main__":
    main()
