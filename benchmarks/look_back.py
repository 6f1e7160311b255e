"""How long looking back takes with many entries: search, calendar, year, trends and the lists, whole requests.

Run `python -m benchmarks.look_back`. One user gets `--entries` entries of `--length` characters (`big_diary`): all
read and answered from the shipped catalogue, a tenth corrected, a third tagged; on SQLite in a temporary folder, or on
the empty PostgreSQL database that `--database-url` names. Requests go through Django's test client: every middleware,
query and template, but no network and no other visitor. The first WARM_UP requests of each kind are not counted, and
the garbage collector is set as the site's server sets it. The list "anew" reads every text for the help card as a new
process does, the list "page after page" walks through the diary as a phone does that syncs for the first time; the
others find their texts remembered.

Times hold for the machine they were taken on. A loop of known work is timed before and after each request:
"undisturbed" are the requests between two loops at the core's full speed. The CPU time of this process (without
PostgreSQL's own) is what stays when others keep that machine busy, but for caches and clocks that they share.
"""

import argparse
import gc
import io
import os
import platform
import statistics
import tempfile
import time
import timeit
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from benchmarks.big_diary import make_diary

if TYPE_CHECKING:
    from accounts.models import User

COMMON, RARE, MISSING = "엄마는", "범고래를", "없는낱말이"
WARM_UP = 3
# A loop that takes so many times what it takes at full speed shares its core with somebody.
DISTURBED = 1.2
HEAD = "| request | p50 ms | p99 ms | CPU p50 ms | CPU p99 ms | undisturbed | their p50 ms | their p99 ms |"


@dataclass(frozen=True)
class Time:
    """Milliseconds of one request by the clock and of CPU time; microseconds of the loop, the slower of two."""

    clock: float
    cpu: float
    loop: float


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=10_000)
    parser.add_argument("--length", type=int, default=300, help="characters of an entry")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind")
    parser.add_argument("--only", default="", help="kinds whose names begin so: 'API: list'")
    parser.add_argument("--database-url", help="of an empty PostgreSQL database; SQLite unless given")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {"DJANGO_SETTINGS_MODULE": "moduhyu.settings", "HTTPS": "false", "VAR_DIR": folder}
        os.environ |= {"API_RATE_READ": "1000000/min", "API_RATE_SEARCH": "1000000/min"}
        if options.database_url:
            os.environ["DATABASE_URL"] = options.database_url
        import django  # the settings read the environment that was just made

        django.setup()
        from django.core.management import call_command
        from django.db import connection

        call_command("collectstatic", "--noinput", verbosity=0)
        call_command("migrate", verbosity=0)
        call_command("load_catalog", stdout=io.StringIO())
        user = make_diary(options.entries, options.length)
        print(f"{options.entries:,} entries of {options.length} characters, {connection.vendor}, ", end="")
        print(f"{options.rounds} requests of each kind, Python {platform.python_version()}\n")
        print(HEAD + "\n|---" + "|---" * 7 + "|")
        settle_collector()
        for name, send in requests(user).items():
            if name.startswith(options.only):
                print(row(name, measure(send, options.rounds)), flush=True)
        connection.close()


def settle_collector() -> None:
    """What scripts/gunicorn.conf.py does before the first request."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 10, 10)


def requests(user: "User") -> dict[str, Callable[[], Any]]:
    """What is measured, by name."""
    from django.test import Client
    from django.utils import timezone

    client = Client(headers={"accept-language": "ko", "host": "localhost"})
    client.force_login(user)
    today = timezone.localdate()

    def get(path: str, **query: Any) -> Callable[[], Any]:
        return lambda: client.get(path, query)

    return {
        "page: search, a rare word": get("/entries/", q=RARE),
        "page: search, a common word": get("/entries/", q=COMMON),
        "page: search, a missing word": get("/entries/", q=MISSING),
        "page: search, a common word of one tag": get("/entries/", q=COMMON, tag="태그1"),
        "page: list": get("/entries/"),
        "page: calendar, this month": get("/calendar/"),
        "page: calendar, a year ago": get(f"/calendar/{today - timedelta(days=365):%Y-%m}/"),
        "page: year": get(f"/calendar/{today.year - 1}/"),
        "page: trends, 365 days": get("/trends/", period=365),
        "page: trends, all of it": get("/trends/", **{"from": f"{today.year - 20}-01-01", "to": today.isoformat()}),
        "API: list of 50": get("/api/v1/entries/", page_size=50),
        "API: list of 50 with recommendations": get("/api/v1/entries/", page_size=50, include="recommendations"),
        "API: list of 50, anew": anew(get("/api/v1/entries/", page_size=50)),
        "API: list of 50, page after page": walk(client, "/api/v1/entries/?page_size=50"),
        "API: search, a rare word": get("/api/v1/entries/", q=RARE, page_size=50),
        "API: search, a common word": get("/api/v1/entries/", q=COMMON, page_size=50),
        "API: search, a missing word": get("/api/v1/entries/", q=MISSING, page_size=50),
        "API: calendar": get("/api/v1/calendar/"),
        "API: trends, 365 days": get("/api/v1/trends/", period=365),
    }


def anew(send: Callable[[], Any]) -> Callable[[], Any]:
    """The request in a process that has read no text yet."""
    from diary.safety import forget_texts

    def send_anew() -> Any:
        forget_texts()
        return send()

    return send_anew


def walk(client: Any, first: str) -> Callable[[], Any]:
    """Each time the page that follows on the last, and the first again after the last of all."""
    following = first

    def send_next() -> Any:
        nonlocal following
        response = client.get(following)
        following = response.data["next"] or first
        return response

    return send_next


def measure(send: Callable[[], Any], rounds: int) -> list[Time]:
    """Times of `rounds` requests, after the first WARM_UP. Raises RuntimeError for an answer that is no success."""
    times = []
    before = time_loop()
    for _ in range(rounds + WARM_UP):
        started, cpu_started = time.perf_counter(), time.process_time()
        response = send()
        clock, cpu = (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000
        if response.status_code != 200:
            raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code}")
        after = time_loop()
        times.append(Time(clock, cpu, max(before, after)))
        before = after
    return times[WARM_UP:]


def time_loop() -> float:
    """Microseconds of the known work, long enough that whoever takes the core meanwhile is noticed."""
    return timeit.timeit("sum(range(1000))", number=200) * 1e6 / 200


def row(name: str, times: list[Time]) -> str:
    """A line of the table under HEAD."""
    full_speed = min(each.loop for each in times)
    undisturbed = [each.clock for each in times if each.loop < DISTURBED * full_speed]
    columns = [[each.clock for each in times], [each.cpu for each in times], undisturbed]
    cells = [f"{value:.1f}" for column in columns for value in (statistics.median(column), percentile_99(column))]
    return f"| {name} | {' | '.join(cells[:4])} | {len(undisturbed)} of {len(times)} | {' | '.join(cells[4:])} |"


def percentile_99(values: list[float]) -> float:
    """The value that 99 of 100 do not exceed."""
    return sorted(values)[-(-99 * len(values) // 100) - 1]


if __name__ == "__main__":
    main()
