"""A whole site in production's settings, each part of which can be killed and started again.

gunicorn with two workers, PostgreSQL that writes through to its disk, Redis as broker and cache, a Celery worker with
beat.
"""

import csv
import gzip
import hashlib
import os
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path

import psycopg2

from tests.services.postgresql import PostgresServer
from tests.services.process import ROOT, ServiceProcess, free_port
from tests.services.redis import RedisServer

WEB_WORKER, WEB, WORKER, DATABASE, REDIS = "gunicorn worker", "gunicorn master", "Celery worker", "PostgreSQL", "Redis"
PARTS = (WEB_WORKER, WEB, WORKER, DATABASE, REDIS)
RATES = {f"API_RATE_{name}": "off" for name in ("READ", "WRITE", "SEARCH", "BATCH", "HEAVY", "ANONYMOUS")}
PATIENCE_S = 3  # a minute in production: the rounds would wait for nothing else
# The catalogue is not what fails here: one film and track of so many is enough, and loaded in no time.
ONE_IN = 40


class Stage:
    """The running site."""

    def __init__(self, database: PostgresServer, redis: RedisServer, folder: Path) -> None:
        self.database, self.redis, self.folder = database, redis, folder
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        self.environment = {**os.environ, **self._settings(), "HOST": "127.0.0.1", "PORT": str(port)}
        self.web = self._process(
            "web", ["gunicorn", "--config", "scripts/gunicorn.conf.py", "moduhyu.wsgi:application"], self.url
        )
        worker = ["celery", "--app", "moduhyu", "worker", "--loglevel=INFO", "--concurrency=1", "--beat"]
        self.worker = self._process("worker", worker, " ready.")

    def _settings(self) -> Mapping[str, str]:
        return {
            **RATES,
            "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
            "DATABASE_URL": self.database.url,
            "CELERY_BROKER_URL": self.redis.url,
            "REDIS_URL": self.redis.url,
            "VAR_DIR": str(self.folder),
            "HTTPS": "true",
            "BEHIND_PROXY": "true",
            "DEBUG": "false",
            "SECRET_KEY": "",
            "ENCRYPTION_KEYS": "",
            "EMAIL_URL": "consolemail://",
            "EMAIL_VERIFICATION": "optional",
            "ANALYSIS_PATIENCE": str(PATIENCE_S),
            "LOG_FORMAT": "json",
            "WEB_CONCURRENCY": "2",
        }

    def _process(self, name: str, module: list[str], sign: str) -> ServiceProcess:
        """A process of the site that is ready when it has said `sign`: after its parent was killed, an orphaned
        gunicorn worker may still answer on the port for a moment.
        """
        process = ServiceProcess(
            [sys.executable, "-m", *module],
            log=self.folder / f"{name}.log",
            is_ready=lambda: sign in process.output(),
            env=self.environment,
        )
        return process

    def manage(self, *arguments: str) -> None:
        """Run a command of the site's."""
        command = [sys.executable, "manage.py", *arguments]
        subprocess.run(command, cwd=ROOT, env=self.environment, check=True, capture_output=True)

    def kill(self, part: str, chance: random.Random) -> None:
        """`kill -9`; of several processes that are alike, one by chance."""
        match part:
            case "gunicorn worker":
                self.web.kill_child(chance.choice)
            case "gunicorn master":
                self.web.kill_parent()
            case "Celery worker":
                self.worker.kill()
            case "PostgreSQL":
                self.database.process.kill()
            case "Redis":
                self.redis.process.kill()

    def start_again(self, part: str) -> None:
        """Start what was killed, and wait until it is ready; a gunicorn worker its master starts."""
        process = {WEB: self.web, WORKER: self.worker, DATABASE: self.database.process, REDIS: self.redis.process}
        if part in process:
            process[part].start()

    def count_unread(self) -> int:
        """How many entries are not analysed."""
        return self._ask("SELECT count(*) FROM diary_entry WHERE status <> 'analyzed'")

    def _ask(self, query: str) -> int:
        connection = psycopg2.connect(self.database.url)
        try:
            with connection, connection.cursor() as cursor:
                cursor.execute(query)
                [number] = cursor.fetchone()
                return int(number)
        finally:
            connection.close()

    def logs(self) -> str:
        """The end of what each process has said since its last start."""
        processes = {"web": self.web, "worker": self.worker, "database": self.database.process}
        return "\n".join(f"--- {name}\n{process.output()[-3000:]}" for name, process in processes.items())

    def load_small_catalogue(self) -> None:
        """Migrate, and load a sample under the names and sums of the shipped files, which count as loaded then."""
        self.manage("migrate", "--verbosity=0")
        options = []
        for name in ("movies", "tracks"):
            sample = self.folder / f"{name}.csv.gz"
            write_sample(ROOT / f"catalog/data/{name}.csv.gz", sample)
            options += [f"--{name}", str(sample)]
        self.manage("load_catalog", *options)
        connection = psycopg2.connect(self.database.url)
        with connection, connection.cursor() as cursor:
            for name in ("movies.csv.gz", "tracks.csv.gz"):
                sha256 = hashlib.sha256((ROOT / "catalog/data" / name).read_bytes()).hexdigest()
                cursor.execute("UPDATE catalog_loadedfile SET sha256 = %s WHERE name = %s", (sha256, name))
        connection.close()


@contextmanager
def running_stage() -> Iterator[Stage]:
    """Start everything on fresh data; stops and removes it in the end."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="moduhyu-faults-")))
        (folder / "static").mkdir()
        database = PostgresServer(durable=True)
        stack.callback(database.close)
        redis = RedisServer()
        stack.callback(redis.close)
        database.start()
        redis.start()
        stage = Stage(database, redis, folder)
        stage.load_small_catalogue()
        stack.callback(stage.web.kill)
        stack.callback(stage.worker.kill)
        stage.web.start()
        stage.worker.start()
        yield stage


def write_sample(source: Path, target: Path) -> None:
    with gzip.open(source, "rt", newline="") as read, gzip.open(target, "wt", newline="") as written:
        rows = csv.reader(read)
        writer = csv.writer(written)
        writer.writerow(next(rows))
        writer.writerows(row for number, row in enumerate(rows) if number % ONE_IN == 0)
