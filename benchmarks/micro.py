"""The smallest machine: the whole site in one gibibyte on one core, under load, and the original's stack likewise.

Run `make bench-micro` (MINUTES=5), or `python -m benchmarks.micro --minutes 5`. gunicorn with two workers and
PostgreSQL, which writes through to the disk, share one cgroup of 1 GiB without swap and one core. Ten people save
an entry about every four seconds; twenty devices look at a list, a month or trends about every two. The
clients run on the other core. At the end every entry that was acknowledged is looked for in the database. The
original's stack then gets the same cage and the same pace: its view labels a text and keeps it, a reader gets the
last twenty. Where cgroups cannot be written, nothing is capped and the summed PSS of ten samples a second is the
measure; the output says which of both it was.
"""

import argparse
import os
import random
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path

import psycopg2

from benchmarks.load import Action, Outcome, Person, live_together
from benchmarks.memory import MIB, Cage, PssSampler, caged, pinned_to
from benchmarks.save_entry import percentile, text_of
from benchmarks.served import CORE, Client, Server, keep_off_core, original_view, prepare_site, sign_up, whole_site
from tests.services.postgresql import PostgresServer

CAP_MIB = 1024
WRITERS, READERS = 10, 20
WRITE_PAUSE_S, READ_PAUSE_S = 4.0, 2.0
TITLES = (
    *("stack", "saves", "lost", "reads", "errors", "peak PSS MiB", "peak charged MiB", "killed"),
    *("save p50 ms", "p99 ms", "read p50 ms", "p99 ms"),
)
PAGES = ("/api/v1/entries/", "/api/v1/calendar/", "/api/v1/trends/", "/api/v1/entries/?emotion=joy")


def write_entry(client: Client, chance: random.Random, number: int) -> None:
    """Save an entry of 60 to 600 characters on the site; whoever it is read for at once is answered, too."""
    text = text_of(chance.randint(60, 600), number)
    client.send("POST", "/api/v1/entries/", {"text": text, "written_on": f"2026-11-{chance.randint(1, 27):02}"})


def read_diary(client: Client, chance: random.Random, number: int) -> None:
    client.send("GET", chance.choice(PAGES))


def write_text(client: Client, chance: random.Random, number: int) -> None:
    """The same text for the original's view."""
    client.send("POST", "/predict/", {"text": text_of(chance.randint(60, 600), number)})


def read_texts(client: Client, chance: random.Random, number: int) -> None:
    client.send("GET", "/")


@dataclass(frozen=True)
class Run:
    """What a stack did under load."""

    writers: list[Outcome]
    readers: list[Outcome]
    stored: int  # rows in the database at the end
    peak_pss_mib: float
    peak_charged_mib: float | None  # None where nothing was capped
    kills: int | None


@contextmanager
def machine(cap_mib: int) -> Iterator[tuple[PostgresServer, Cage | None, Callable[[], ExitStack]]]:
    """A running PostgreSQL, the cage around it, and a way to start more in there."""
    with caged(f"moduhyu-micro-{os.getpid()}", cap_mib) as cage:

        def confined() -> ExitStack:
            stack = ExitStack()
            stack.enter_context(pinned_to(CORE))
            stack.enter_context(cage.entered() if cage else nullcontext())
            return stack

        with confined():
            database = PostgresServer(durable=True)
            database.start()
        try:
            yield database, cage, confined
        finally:
            database.close()


def measure(
    server: Server, tokens: list[str], actions: tuple[Action, Action], database: PostgresServer, cage: Cage | None,
    table: str, seconds: float,
) -> Run:  # fmt: skip
    """Let everybody live for so long. `tokens`: of each writer, whose diary two of the readers look at."""
    write, read = actions
    writers = [Person(write, server.port, token, WRITE_PAUSE_S, seed) for seed, token in enumerate(tokens)]
    readers = [Person(read, server.port, token, READ_PAUSE_S, 100 + n) for n, token in enumerate(tokens * 2)]
    with PssSampler([server.pid, database.process.pid]) as sampler:
        outcomes = live_together([*writers, *readers], seconds)
    with psycopg2.connect(database.url) as connection, connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - a name from this file
        (stored,) = cursor.fetchone() or (0,)
    return Run(
        outcomes[:WRITERS],
        outcomes[WRITERS:],
        stored,
        sampler.peak_mib,
        cage.peak_mib() if cage else None,
        cage.kills() if cage else None,
    )


def measure_site(seconds: float) -> Run:
    """The whole site, made ready as by a first `make run` before the load begins."""
    with tempfile.TemporaryDirectory() as folder, machine(CAP_MIB) as (database, cage, confined), ExitStack() as stack:
        with confined():
            prepare_site(Path(folder), DATABASE_URL=database.url)
            server = stack.enter_context(whole_site(Path(folder), workers=2, DATABASE_URL=database.url))
        tokens = [sign_up(server.port, f"writer-{number}") for number in range(WRITERS)]
        return measure(server, tokens, (write_entry, read_diary), database, cage, "diary_entry", seconds)


def measure_original(seconds: float) -> Run:
    """The original's view with Okt and `model.predict`, as its authors had it."""
    with machine(CAP_MIB) as (database, cage, confined), ExitStack() as stack:
        with confined():
            server = stack.enter_context(original_view("okt", workers=2, database_url=database.url))
        return measure(server, [""] * WRITERS, (write_text, read_texts), database, cage, "entries", seconds)


def print_row(name: str, run: Run) -> None:
    saves = [seconds for outcome in run.writers for seconds in outcome.seconds]
    reads = [seconds for outcome in run.readers for seconds in outcome.seconds]
    errors = [error for outcome in (*run.writers, *run.readers) for error in outcome.errors]
    columns = (
        name,
        f"{len(saves):,}",
        f"{len(saves) - run.stored:,}" if run.stored < len(saves) else "0",
        f"{len(reads):,}",
        f"{len(errors):,}",
        f"{run.peak_pss_mib:.0f}",
        "not capped" if run.peak_charged_mib is None else f"{run.peak_charged_mib:.0f}",
        "–" if run.kills is None else str(run.kills),
        *(f"{percentile(times, share) * 1000:.0f}" for times in (saves, reads) for share in (0.5, 0.99)),
    )
    print(f"| {' | '.join(columns)} |", flush=True)
    for error in dict.fromkeys(errors[:5]):
        print(f"  {error}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minutes", type=float, default=5)
    parser.add_argument("--only", choices=("site", "original"), help="one of both")
    options = parser.parse_args()
    keep_off_core()
    with caged(f"moduhyu-trial-{os.getpid()}", CAP_MIB) as cage:
        cap = (
            f"cgroup {'v2' if cage.is_v2 else 'v1'} of {CAP_MIB} MiB" if cage else "no cgroup to write: nothing capped"
        )
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // MIB
    print(f"{cap}, no swap, core {CORE}, {options.minutes:g} minutes, machine of {total:,} MiB\n")
    print(f"| {' | '.join(TITLES)} |\n|{'---|' * len(TITLES)}", flush=True)
    stacks = {"site": ("the whole site", measure_site), "original": ("the original's view", measure_original)}
    for key, (name, measure_stack) in stacks.items():
        if options.only not in (None, key):
            continue
        try:
            print_row(name, measure_stack(options.minutes * 60))
        except RuntimeError as error:
            print(f"| {name} | {error} |{' |' * 10}", flush=True)


if __name__ == "__main__":
    main()
