"""How much faster two Celery workers read a queue than one, with a model as heavy as BERT-base.

Run `make bench-workers`. A real Redis and PostgreSQL, and two real workers with one process each, pinned to a core of
its own. In each round `--entries` entries of LENGTH characters are saved, which queues them; then one worker takes
them, or both, until every one is analysed. The rounds take turns, 1-2-1-2, so that a machine which slows down slows
both; a worker that is not wanted in a round stays up and takes nothing. The time runs from the order to take until
the moment of the last analysis, by one clock; the model is loaded before.

On a shared machine a worker has only a part of its core, and two can have less of theirs than one had of its own. So
the table also tells what comes of dividing by that part: entries per second with the whole of the cores.

What is in the queue, how many tasks each worker was given, and how many analyses there are is checked in each round:
the queue is drained, and nothing is read twice.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bert_of_true_size import VERSION, write_model
from benchmarks.save_entry import text_of
from tests.services.postgresql import PostgresServer
from tests.services.process import ServiceProcess
from tests.services.redis import RedisServer

if TYPE_CHECKING:
    from accounts.models import User

LENGTH = 200  # characters of an entry
DAY = date(2026, 11, 1)
QUEUE = "celery"
TASK = "diary.tasks.analyze_entry_task"
TIMEOUT_S = 600
POLL_S = 0.2


@dataclass(frozen=True)
class Worker:
    """A running Celery worker, by the name that it answers to."""

    name: str
    process: ServiceProcess

    def take(self, wanted: bool) -> None:
        """Have it take tasks, or leave them. Returns once it does."""
        from moduhyu.celery import app

        order = app.control.add_consumer if wanted else app.control.cancel_consumer
        if not order(QUEUE, destination=[self.name], reply=True, timeout=10):
            raise RuntimeError(f"{self.name} does not answer")

    def tasks(self) -> int:
        """How many analyses it has been given since its start."""
        from moduhyu.celery import app

        stats = app.control.inspect([self.name], timeout=10).stats()
        return int(stats[self.name]["total"].get(TASK, 0))

    def cpu_seconds(self) -> float:
        """How long its process that reads has had a core."""
        [reader] = self.process.children()
        fields = Path(f"/proc/{reader}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class Round:
    """What one round measured."""

    rate: float  # entries per second
    tasks: list[int]  # that each worker was given
    cores: float  # the share of their cores that the busy workers had, 0..1

    @property
    def whole(self) -> float:
        """Entries per second if they had had all of their cores."""
        return self.rate / self.cores


@contextmanager
def running_site() -> Iterator[tuple[int, list[Worker]]]:
    """Databases, this process as the web server, and two workers; yields the model's parameters and the workers."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        database, redis = PostgresServer(), RedisServer()
        stack.callback(database.close)
        stack.callback(redis.close)
        database.start()
        redis.start()
        parameters = write_model(folder / "model")
        os.environ |= {
            "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
            "HTTPS": "false",
            "VAR_DIR": str(folder / "var"),
            "DATABASE_URL": database.url,
            "CELERY_BROKER_URL": redis.url,
            "EMOTION_MODEL_DIR": str(folder / "model"),
            "ANALYSIS_PATIENCE": str(10 * TIMEOUT_S),  # what waits long here is not lost
            "OMP_NUM_THREADS": "1",
        }
        import django
        from django.core.management import call_command

        django.setup()
        call_command("prepare", stdout=sys.stderr)
        cores = sorted(os.sched_getaffinity(0))[:2]
        if len(cores) < 2:
            raise SystemExit("Two workers need two cores.")
        yield parameters, [stack.enter_context(_running_worker(core, folder)) for core in cores]


@contextmanager
def _running_worker(core: int, folder: Path) -> Iterator[Worker]:
    name = f"core{core}@bench"
    celery = [sys.executable, "-m", "celery", "--app", "moduhyu", "worker", "--hostname", name, "--concurrency=1"]
    process = ServiceProcess(
        ["taskset", "--cpu-list", str(core), *celery, "--loglevel=INFO"],
        log=folder / f"{name}.log",
        is_ready=lambda: " ready." in process.output(),
        env=os.environ,
    )
    process.start()
    try:
        yield Worker(name, process)
    finally:
        process.kill()


def measure(user: "User", workers: Sequence[Worker], busy: int, count: int) -> Round:
    """Queue `count` entries and have the first `busy` workers read them.

    Raises RuntimeError where one is left, or read twice.
    """
    from diary.models import Analysis
    from diary.services import create_entry
    from moduhyu.celery import app

    for worker in workers:
        worker.take(False)
    before = [worker.tasks() for worker in workers]
    cpu_before = sum(worker.cpu_seconds() for worker in workers[:busy])
    texts = [text_of(LENGTH, number) for number in range(count)]
    entries = [create_entry(user=user, text=text, written_on=DAY)[0].pk for text in texts]
    started = datetime.now(UTC)
    for worker in workers[:busy]:
        worker.take(True)
    read = Analysis.objects.filter(entry__in=entries, model_version=VERSION)
    deadline = time.monotonic() + TIMEOUT_S
    while read.count() < count:
        if time.monotonic() > deadline:
            raise RuntimeError(f"{read.count()} of {count} entries were read in {TIMEOUT_S} s")
        time.sleep(POLL_S)
    seconds = (max(read.values_list("analyzed_at", flat=True)) - started).total_seconds()
    cpu = sum(worker.cpu_seconds() for worker in workers[:busy]) - cpu_before
    tasks = [worker.tasks() - earlier for worker, earlier in zip(workers, before, strict=True)]
    with app.connection_for_read() as broker:
        left = broker.default_channel.client.llen(QUEUE)
    if sum(tasks) != count or left:
        raise RuntimeError(f"{count} entries, tasks {tasks}, {left} left in the queue")
    return Round(count / seconds, tasks, cpu / (busy * seconds))


def print_table(rounds: dict[int, list[Round]], parameters: int, count: int) -> None:
    """Medians. A ratio is the median of those of each pair of rounds, which stood side by side."""
    print(f"{parameters / 1e6:.1f} M parameters, float32, {count} entries of {LENGTH} characters in each round\n")
    print("| workers | entries/s | ratio | had of their cores | with the whole of them | ratio | tasks of each |")
    print("|---|---|---|---|---|---|---|")
    alone = rounds[1]
    for busy, done in rounds.items():
        row = (
            str(busy),
            f"{statistics.median(one.rate for one in done):.2f}",
            f"{statistics.median(one.rate / other.rate for one, other in zip(done, alone, strict=True)):.2f}",
            ", ".join(f"{one.cores:.0%}" for one in done),
            f"{statistics.median(one.whole for one in done):.2f}",
            f"{statistics.median(one.whole / other.whole for one, other in zip(done, alone, strict=True)):.2f}",
            ", ".join("+".join(map(str, one.tasks[:busy])) for one in done),
        )
        print("| " + " | ".join(row) + " |")


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.workers", description=__doc__)
    parser.add_argument("--entries", type=int, default=12, help="in each round (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=4, help="with one worker, and with two (default: %(default)s)")
    options = parser.parse_args()
    with running_site() as (parameters, workers):
        from accounts.models import User

        user = User.objects.create_user("bench@example.com", "rest-stop-lamp-7")
        for warming_up in (workers, workers[::-1]):  # each loads the model
            measure(user, warming_up, 1, 2)
        rounds: dict[int, list[Round]] = {1: [], 2: []}
        for number in range(options.rounds):
            order = workers if number % 2 == 0 else workers[::-1]  # one core may be slower than the other
            for busy, done in rounds.items():
                done.append(measure(user, order, busy, options.entries))
                print(f"{busy}: {done[-1]}", file=sys.stderr)
        print_table(rounds, parameters, options.entries)


if __name__ == "__main__":
    main()
