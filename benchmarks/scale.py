"""How the site answers with a million people, and beside it the same with a thousand: time, plans, disk and memory.

Run `make bench-scale` (`SCALE=0.01` for a hundredth of it): PostgreSQL, started for it in a temporary folder, gets two
databases. The small one holds 1,000 people with 10,000 entries, 1,000 films and 10,000 tracks, the big one a thousand
times as many; both hold the same nine diaries that are measured (`big_site`). Each request goes through Django's test
client, every middleware, query and template, to the one database and then to the other, so that what else runs on the
machine slows both down. The first WARM_UP of each kind are not counted. "Undisturbed" are those before and after which
a loop of known work ran at the core's full speed; CPU is this process's own, without PostgreSQL's.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.look_back import DISTURBED, percentile_99
from benchmarks.memory import pss_of
from benchmarks.scale_requests import SAVE

ROOT = Path(__file__).resolve().parent.parent
SMALL = {"people": 1_000, "entries": 10_000, "movies": 1_000, "tracks": 10_000}
TIMES_SMALL = 1_000
WARM_UP = 10
LOGGED_SAVES = 50
SHARED_BUFFERS = "2GB"
SETTINGS = (
    f"shared_buffers={SHARED_BUFFERS}",
    "random_page_cost=1.1",  # as for any disk without moving parts
    "effective_cache_size=8GB",
    "work_mem=32MB",
    "autovacuum=off",  # done by hand when all is filled
    # For filling alone: rows that go into a table of the same transaction are written once.
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_wal_size=4GB",
    "maintenance_work_mem=1GB",
)
HEAD = (
    "| request | small p50 ms | p99 ms | big p50 ms | p99 ms | p50 ratio | p99 ratio | CPU p50 ratio "
    "| undisturbed | their p50 ratio |"
)
_TABLES = """
    SELECT relname, pg_relation_size(oid) + coalesce(pg_relation_size(nullif(reltoastrelid, 0)), 0),
        pg_indexes_size(oid), greatest(reltuples, 0)::bigint
    FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
    ORDER BY pg_total_relation_size(oid) DESC LIMIT 12
"""


@dataclass(frozen=True)
class Site:
    """The site over one of the two databases."""

    name: str
    url: str

    @property
    def environment(self) -> dict[str, str]:
        own = {"HTTPS": "false", "DATABASE_URL": self.url, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
        return os.environ | own | {"PYTHONPATH": str(ROOT)}


class Requests:
    """The process that sends the requests of a site, one when it is told to."""

    def __init__(self, site: Site) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.scale_requests"],
            env=site.environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def ask(self, line: str) -> Any:
        if self.process.stdin is None or self.process.stdout is None:
            raise ValueError("the process was started without pipes")
        print(line, file=self.process.stdin, flush=True)
        answer = self.process.stdout.readline()
        if not answer:
            raise RuntimeError(f"no answer to {line}: the process has ended")
        return json.loads(answer)

    def close(self) -> None:
        self.process.communicate()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--scale", type=float, default=1.0, help="1: a million people; 0.01: ten thousand")
    parser.add_argument("--rounds", type=int, default=200, help="requests of each kind to each database")
    parser.add_argument("--only", default="", help="kinds whose names begin so: 'page: trends'")
    parser.add_argument("--server", help="a running PostgreSQL server's URL; with VAR_DIR, where its keys are kept")
    parser.add_argument("--skip-fill", action="store_true", help="measure what an earlier run left on --server")
    parser.add_argument("--skip-measure", action="store_true", help="fill --server, and leave it for a later run")
    options = parser.parse_args()
    with server(options.server) as url:
        small, big = Site("small", f"{url}/scale_small"), Site("big", f"{url}/scale_big")
        if not options.skip_fill:
            fill(small, 1)
            fill(big, TIMES_SMALL * options.scale)
        if not options.skip_measure:
            print_sizes(big)
            measure(small, big, options.rounds, options.only)


@contextmanager
def server(url: str | None) -> Iterator[str]:
    """The beginning of the URLs of its databases."""
    if url:
        yield url.rpartition("/")[0]
        return
    from tests.services.postgresql import PostgresServer

    with tempfile.TemporaryDirectory() as folder:
        os.environ["VAR_DIR"] = folder
        own = PostgresServer(settings=SETTINGS)
        try:
            own.start()
            yield own.url.rpartition("/")[0]
        finally:
            own.close()


def fill(site: Site, times: float) -> None:
    """Create the database and fill it, in a process whose settings know it."""
    beginning, _, name = site.url.rpartition("/")
    for statement in (f"DROP DATABASE IF EXISTS {name}", f"CREATE DATABASE {name}"):
        run_sql(f"{beginning}/postgres", statement)
    sizes = {name: round(count * times) for name, count in SMALL.items()}
    started = time.monotonic()
    command = [sys.executable, "-m", "benchmarks.scale_fill", json.dumps(sizes)]
    subprocess.run(command, cwd=ROOT, env=site.environment, check=True)
    print(f"{site.name}: {sizes} in {time.monotonic() - started:.0f} s", flush=True)


def run_sql(url: str, query: str) -> list[tuple[Any, ...]]:
    import psycopg2

    connection = psycopg2.connect(url)
    connection.autocommit = True  # no transaction around CREATE DATABASE
    try:
        with connection.cursor() as cursor:
            cursor.execute(query)
            return list(cursor.fetchall()) if cursor.description else []
    finally:
        connection.close()


def print_sizes(site: Site) -> None:
    print("\n| table | rows | rows MiB | indexes MiB |\n|---|---|---|---|")
    for name, heap, indexes, rows in run_sql(site.url, _TABLES):
        print(f"| {name} | {rows:,} | {heap / 2**20:,.0f} | {indexes / 2**20:,.0f} |")
    ((whole,),) = run_sql(site.url, "SELECT pg_database_size(current_database())")
    print(f"\nThe whole database: {whole / 2**30:.1f} GiB\n", flush=True)


def measure(small: Site, big: Site, rounds: int, only: str) -> None:
    sites = (Requests(small), Requests(big))
    try:
        names = [name for name in sites[0].ask("names") if name.startswith(only)]
        print(
            "| request | small p50 ms | p99 ms | big p50 ms | p99 ms | p50 ratio | p99 ratio | CPU p50 ratio |", end=""
        )
        print(" undisturbed | their p50 ratio |\n|---" + "|---" * 9 + "|", flush=True)
        for name in names:
            times = interleave(sites, name, rounds)
            print(row(name, *times), flush=True)
        print_plans(sites, names)
        print_memory(sites, big)
        print_writing(sites[1], big)
    finally:
        for site in sites:
            site.close()


def interleave(sites: tuple[Requests, ...], name: str, rounds: int) -> list[list[list[float]]]:
    """`rounds` times of each site, after WARM_UP, in turns."""
    times = [[site.ask(name) for site in sites] for _ in range(rounds + WARM_UP)]
    return [list(each) for each in zip(*times[WARM_UP:], strict=True)]


def row(name: str, small: list[list[float]], big: list[list[float]]) -> str:
    """A line of the table of times: each is clock, CPU, loop."""
    full_speed = min(loop for _, _, loop in (*small, *big))
    clocks = [[clock for clock, _, _ in each] for each in (small, big)]
    cpus = [statistics.median(cpu for _, cpu, _ in each) for each in (small, big)]
    free = [[clock for clock, _, loop in each if loop < DISTURBED * full_speed] for each in (small, big)]
    cells = [f"{value:.1f}" for each in clocks for value in (statistics.median(each), percentile_99(each))]
    cells += [f"{of(clocks[1]) / of(clocks[0]):.2f}" for of in (statistics.median, percentile_99)]
    cells.append(f"{cpus[1] / cpus[0]:.2f}")
    cells.append(f"{len(free[0])}, {len(free[1])}")
    cells.append(f"{statistics.median(free[1]) / statistics.median(free[0]):.2f}" if all(free) else "")
    return f"| {name} | {' | '.join(cells)} |"


def print_plans(sites: tuple[Requests, ...], names: list[str]) -> None:
    """Of each request the query that reads most in the big database, beside the one that does in the small."""
    print("\n| request | queries | the one that reads most, by | rows | pages | ms | pages of all | small: of all |")
    print("|---" + "|---" * 7 + "|")
    for name in names:
        small, big = (site.ask(f"plan {name}") for site in sites)
        most = max(big, key=lambda plan: plan["buffers"])
        pages = [sum(plan["buffers"] for plan in plans) for plans in (big, small)]
        cells = [len(big), ", ".join(most["nodes"]), most["rows"], most["buffers"], f"{most['ms']:.1f}", *pages]
        print(f"| {name} | {' | '.join(map(str, cells))} |", flush=True)


def print_memory(sites: tuple[Requests, ...], big: Site) -> None:
    ((data,),) = run_sql(big.url, "SHOW data_directory")
    postmaster = int((Path(data) / "postmaster.pid").read_text().split()[0])
    children = Path(f"/proc/{postmaster}/task/{postmaster}/children").read_text().split()
    postgres = pss_of([postmaster, *map(int, children)])
    print(f"\nPostgreSQL, both databases: PSS {postgres:,.0f} MiB, of which shared_buffers may be {SHARED_BUFFERS}.")
    own = [site.ask("memory") for site in sites]
    print(f"The site's process, small and big: PSS {own[0]:.0f} and {own[1]:.0f} MiB.")


def print_writing(requests: Requests, big: Site) -> None:
    """What a save adds to PostgreSQL's log, and so to what every replica and every backup of the log gets."""
    ((before,),) = run_sql(big.url, "SELECT pg_current_wal_lsn()")
    for _ in range(LOGGED_SAVES):
        requests.ask(SAVE)
    ((written,),) = run_sql(big.url, f"SELECT pg_current_wal_lsn() - '{before}'::pg_lsn")
    print(f"A save writes {written / LOGGED_SAVES / 1024:.1f} KiB of log, without copies of whole pages.")


if __name__ == "__main__":
    main()
