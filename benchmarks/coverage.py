"""How long the numbers of the admin's coverage page take to count, in catalogues of several sizes, on both databases.

Run `python -m benchmarks.coverage`. Each size is a made-up catalogue of so many films and as many tracks; the page
counts once in ten minutes. *Kept* is what everybody else waits for.
"""

import time
from collections.abc import Callable
from typing import Any

from benchmarks.two_databases import Times, run

REPEATS = 3


def measure(sizes: list[int]) -> Times:
    """Fastest seconds by what is counted, one for each size, in the database of this process's settings."""
    import django

    django.setup()
    from benchmarks.big_catalogue import grow_catalogue
    from catalog.coverage import movie_coverage, track_coverage

    times: Times = {}
    for _size in grow_catalogue(sizes):
        for name, read in (("films", movie_coverage), ("tracks", track_coverage)):
            times.setdefault(f"{name}, counted", []).append(_fastest_seconds(read, is_kept=False))
            times.setdefault(f"{name}, kept", []).append(_fastest_seconds(read, is_kept=True))
    return times


def _fastest_seconds(read: Callable[[], Any], *, is_kept: bool) -> float:
    from django.core.cache import cache

    read()
    times = []
    for _ in range(REPEATS):
        if not is_kept:
            cache.clear()
        started = time.perf_counter()
        read()
        times.append(time.perf_counter() - started)
    return min(times)


def main() -> None:
    if not (measured := run("benchmarks.coverage", __doc__, measure)):
        return
    sizes, databases = measured
    heads = [f"{database}, {size:,} films and tracks, ms" for database in databases for size in sizes]
    print(f"| what is counted | {' | '.join(heads)} |")
    print("|" + "---|" * (len(heads) + 1))
    for name in next(iter(databases.values())):
        cells = [f"{value * 1000:.1f}" for times in databases.values() for value in times[name]]
        print(f"| {name} | {' | '.join(cells)} |")


if __name__ == "__main__":
    main()
