"""The requests that `benchmarks.scale` measures, sent in a process of their own for each database.

A name on standard input is answered with the milliseconds of one such request, "plan NAME" with the plans of its
queries, "memory" with this process's own; a line of JSON each.
"""

import json
import os
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from itertools import cycle
from typing import TYPE_CHECKING, Any

from benchmarks.big_diary import SENTENCES
from benchmarks.look_back import COMMON, RARE, settle_collector, time_loop
from benchmarks.memory import pss_of

if TYPE_CHECKING:
    from accounts.models import User

Send = Callable[[], Any]
SAVE = "API: save, read and answer"
LIMITS = dict.fromkeys(("API_RATE_READ", "API_RATE_WRITE", "API_RATE_SEARCH"), "1000000/min")


def requests() -> dict[str, Send]:
    """What is measured, by name. Who asks changes with every request, but for the diary that has grown for long."""
    from accounts.models import User
    from benchmarks.big_site import DAYS
    from catalog.models import Movie, Track

    measured = list(User.objects.filter(email__startswith="measured").order_by("pk"))
    heavy, usual = Visitors(measured[:1]), Visitors(measured[1:])
    # Multiples of 21 have a Korean title and many reviews; few of them are hidden.
    film, song = (model.objects.count() // 2 // 21 * 21 for model in (Movie, Track))
    year_ago = usual.days_ago(365)
    return {
        "page: calendar, this month": usual.get("/calendar/"),
        "page: calendar, a year ago": usual.get(f"/calendar/{year_ago:%Y-%m}/"),
        "page: year": usual.get(f"/calendar/{year_ago.year}/"),
        f"page: trends, {DAYS} days": usual.get(
            "/trends/", **{"from": usual.days_ago(DAYS).isoformat(), "to": usual.days_ago(0).isoformat()}
        ),
        "page: list": usual.get("/entries/"),
        "page: an entry and its answer": usual.get_own("/entries/{}/"),
        "page: search, a rare word": usual.get("/entries/", q=RARE),
        "page: search, a common word": usual.get("/entries/", q=COMMON),
        "10,000 entries: page: list": heavy.get("/entries/"),
        "10,000 entries: page: search, a rare word": heavy.get("/entries/", q=RARE),
        "API: list of 50": usual.get("/api/v1/entries/", page_size=50),
        "API: news since yesterday": usual.get(
            "/api/v1/entries/", updated_since=f"{usual.days_ago(1):%Y-%m-%d}T00:00:00Z"
        ),
        SAVE: usual.save(),
        "API: save, the catalogue read anew": anew(usual.save()),
        "API: other recommendations": usual.ask_for_others(),
        "API: films of an emotion": usual.get("/api/v1/movies/", emotion="joy"),
        "API: films, a rare word": usual.get("/api/v1/movies/", q=str(film)),
        "API: films of an emotion, a rare word": usual.get("/api/v1/movies/", emotion="joy", q=str(film)),
        "API: tracks of a mood": usual.get("/api/v1/tracks/", mood="calm"),
        "API: tracks, a rare word": usual.get("/api/v1/tracks/", q=str(song)),
        "API: tracks of a mood, a word of one in 120": usual.get("/api/v1/tracks/", mood="calm", q="song 777"),
        "API: tracks of a mood, a rare word": usual.get("/api/v1/tracks/", mood="calm", q=str(song)),
    }


class Visitors:
    """People who take turns at asking for the same."""

    def __init__(self, users: "list[User]") -> None:
        from django.test import Client

        from diary.models import Entry

        self._clients = []
        for user in users:
            client = Client(headers={"accept-language": "ko", "host": "localhost"})
            client.force_login(user)
            ids = Entry.objects.of(user).newest_first().values_list("pk", flat=True)[:20]
            self._clients.append((client, cycle(ids)))
        self._turns = cycle(self._clients)

    @staticmethod
    def days_ago(days: int) -> Any:
        from datetime import timedelta

        from django.utils import timezone

        return timezone.localdate() - timedelta(days=days)

    def get(self, path: str, **query: Any) -> Send:
        return lambda: next(self._turns)[0].get(path, query)

    def get_own(self, path: str) -> Send:
        """The path with the id of an entry of theirs."""

        def send() -> Any:
            client, ids = next(self._turns)
            return client.get(path.format(next(ids)))

        return send

    def save(self) -> Send:
        texts = cycle(SENTENCES)

        def send() -> Any:
            entry = {"id": str(uuid.uuid4()), "text": next(texts), "written_on": self.days_ago(0).isoformat()}
            return next(self._turns)[0].post("/api/v1/entries/", entry, content_type="application/json")

        return send

    def ask_for_others(self) -> Send:
        def send() -> Any:
            client, ids = next(self._turns)
            path = f"/api/v1/entries/{next(ids)}/recommendations/others/"
            return client.post(path, {"strategy": "match"}, content_type="application/json")

        return send


def anew(send: Send) -> Send:
    """The request in a process that has not read the catalogue within the last minute."""
    from catalog.pools import forget_pools

    def send_anew() -> Any:
        forget_pools()
        return send()

    return send_anew


def time_one(send: Send) -> tuple[float, float, float]:
    """Milliseconds by the clock and of CPU time; microseconds of the known work, the slower of before and after."""
    before = time_loop()
    started, cpu_started = time.perf_counter(), time.process_time()
    response = send()
    clock, cpu = (time.perf_counter() - started) * 1000, (time.process_time() - cpu_started) * 1000
    if response.status_code not in (200, 201):
        raise RuntimeError(f"{response.request['PATH_INFO']}: {response.status_code} {response.content[:500]!r}")
    return clock, cpu, max(before, time_loop())


def plans(send: Send) -> list[dict[str, Any]]:
    """For each query that the request reads with: its table, the nodes of its plan, buffers, rows, milliseconds."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        send()
    reads = [query["sql"] for query in captured if query["sql"].startswith(("SELECT", "(SELECT"))]
    found = []
    with connection.cursor() as cursor:
        for sql in reads:
            cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, FORMAT JSON) {sql}")
            ((explained,),) = cursor.fetchall()
            root = explained[0]["Plan"]
            found.append(
                {
                    "nodes": list(dict.fromkeys(node_names(root))),
                    "buffers": root["Shared Hit Blocks"] + root["Shared Read Blocks"],
                    "rows": root["Actual Rows"],
                    "ms": explained[0]["Execution Time"],
                }
            )
    return found


def node_names(node: dict[str, Any]) -> Iterator[str]:
    """The nodes of a plan that read a table, with the index that they read it by."""
    by = node.get("Index Name") or node.get("Relation Name")
    if by:
        yield f"{node['Node Type']} {by}"
    for child in node.get("Plans", []):
        yield from node_names(child)


def serve() -> None:
    """Answer until standard input ends."""
    os.environ |= LIMITS
    import django  # the settings read the environment that was just made

    django.setup()
    known = requests()
    settle_collector()
    for line in sys.stdin:
        match line.strip().split(" ", 1):
            case ["memory"]:
                answer: Any = pss_of([os.getpid()])
            case ["names"]:
                answer = list(known)
            case ["plan", name]:
                answer = plans(known[name])
            case _:
                answer = time_one(known[line.strip()])
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    serve()
