"""How long a save takes through the API: the whole site on one core with SQLite, analysis and answer included.

Run `python -m benchmarks.save_entry`. Two sites are measured side by side in turn: the one that `make run` starts,
and the same with a broker that nobody listens to, which saves the entry and stops there. Times hold for the machine
they were taken on; the ratio travels. On a shared host a core may run at half its speed from one moment to the next,
so a loop of known work is timed on the site's core just before and after each save: "undisturbed" are the saves
between two loops that ran at full speed.
"""

import argparse
import http.client
import json
import math
import multiprocessing
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benchmarks.big_diary import SENTENCES

ROOT = Path(__file__).resolve().parent.parent
WARM_UP = 40
# A loop that takes so many times what it takes at full speed shares its core with somebody.
DISTURBED = 1.2
CORE = min(os.sched_getaffinity(0))


@dataclass(frozen=True)
class Site:
    """A running site and a logged-in user's token."""

    name: str
    connection: http.client.HTTPConnection
    token: str

    def request(self, method: str, path: str, body: dict[str, Any] | None = None) -> tuple[float, dict[str, Any]]:
        """Send JSON; returns the seconds until the whole answer was there, and the answer."""
        headers = {"Content-Type": "application/json", "X-Session-Token": self.token, "If-Match": "*"}
        started = time.perf_counter()
        self.connection.request(method, path, json.dumps(body), headers)
        response = self.connection.getresponse()
        content = response.read()
        seconds = time.perf_counter() - started
        if response.status not in {200, 201, 204}:
            raise RuntimeError(f"{self.name}: {response.status} {content[:300]!r}")
        return seconds, json.loads(content or b"{}")


@contextmanager
def running_site(name: str, port: int, folder: Path, **environment: str) -> Iterator[Site]:
    """The site behind gunicorn with one worker pinned to one core, and a new user."""
    env = os.environ | {"HTTPS": "false", "VAR_DIR": str(folder), "EMAIL_VERIFICATION": "none"} | environment
    env |= {"HOST": "127.0.0.1", "PORT": str(port)}
    collect = ["manage.py", "collectstatic", "--noinput", "-v0"]
    subprocess.run([sys.executable, *collect], cwd=ROOT, env=env, check=True)
    server = ["-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "--keep-alive", "60", "moduhyu.wsgi"]
    command = ["taskset", "-c", str(CORE), sys.executable, *server]
    process = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        wait_until_up(port)
        site = Site(name, http.client.HTTPConnection("127.0.0.1", port, timeout=60), token="")
        account = {"email": "bench@example.com", "password": "rest-stop-lamp-7"}
        _, answer = site.request("POST", "/_allauth/app/v1/auth/signup", account)
        yield Site(name, site.connection, answer["meta"]["session_token"])
    finally:
        process.terminate()
        process.wait()


def wait_until_up(port: int) -> None:
    """Wait for the first page, two minutes at most."""
    for _ in range(1200):
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
            connection.request("GET", "/")
            if connection.getresponse().status == 200:
                return
        except OSError:
            pass
        time.sleep(0.1)
    raise RuntimeError("the site did not start within two minutes")


def text_of(length: int, number: int) -> str:
    """Diary-like text of exactly `length` characters, another one for each number."""
    text = f"{number}. " + " ".join(SENTENCES[number % len(SENTENCES) :] + SENTENCES)
    while len(text) < length:
        text += " " + text
    return text[:length].rstrip().ljust(length, "요")


@dataclass
class Writer:
    """Somebody who saves entries on a site and keeps the last `keeps` of them: the rest is deleted, untimed."""

    site: Site
    status: str
    keeps: int
    kept: deque[str] = field(default_factory=deque)

    def save(self, length: int, number: int) -> float:
        """Save one entry; returns milliseconds. Raises when it does not end in the status that this site gives."""
        body = {"text": text_of(length, number), "written_on": "2026-11-01"}
        seconds, entry = self.site.request("POST", "/api/v1/entries/", body)
        if entry["status"] != self.status:
            raise RuntimeError(f"{self.site.name}: the entry is {entry['status']}, not {self.status}")
        self.kept.append(entry["id"])
        while len(self.kept) > self.keeps:
            self.site.request("DELETE", f"/api/v1/entries/{self.kept.popleft()}/")
        return seconds * 1000


class CoreProbe:
    """Times a fixed loop on the site's core, in a process of its own that is pinned there."""

    LOOP = "sum(range(1000))"
    REPEATS = 5

    def __init__(self) -> None:
        self._here, there = multiprocessing.Pipe()
        multiprocessing.Process(target=self._serve, args=(there,), daemon=True).start()

    def microseconds(self) -> float:
        """The mean time of the loop just now."""
        self._here.send(None)
        return float(self._here.recv())

    def _serve(self, connection: Connection) -> None:
        os.sched_setaffinity(0, {CORE})
        timer = timeit.Timer(self.LOOP)
        while True:
            connection.recv()
            connection.send(timer.timeit(self.REPEATS) / self.REPEATS * 1e6)


@dataclass(frozen=True)
class Save:
    """What one save took, and the slower of the two loops around it."""

    milliseconds: float
    loop_microseconds: float


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(share * len(values)))]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--saves", type=int, default=300, help="saves of each length on each site")
    parser.add_argument("--port", type=int, default=8765, help="first of two free ports")
    options = parser.parse_args()
    # The client keeps to the other cores, so that the site has the first one to itself.
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE} or {CORE})
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site("save, read, answer", options.port, Path(folder) / "whole") as whole,
        running_site("save only", options.port + 1, Path(folder) / "bare", CELERY_BROKER_URL="memory://") as bare,
    ):
        # A month of daily entries stands behind each save. Nothing is kept where nothing is read: the next save would
        # pick the unread ones up.
        writers = (Writer(whole, "analyzed", keeps=30), Writer(bare, "pending", keeps=0))
        probe = CoreProbe()
        saves = {length: measure(writers, probe, length, options.saves) for length in (60, 600)}
    print_table(saves, bare.name)


def measure(writers: Sequence[Writer], probe: CoreProbe, length: int, count: int) -> dict[str, list[Save]]:
    """`count` saves of each writer in turn, after WARM_UP that are not counted; by the site's name."""
    saves: dict[str, list[Save]] = {writer.site.name: [] for writer in writers}
    for number in range(count + WARM_UP):
        for writer in writers:
            before = probe.microseconds()
            milliseconds = writer.save(length, number)
            if number >= WARM_UP:
                saves[writer.site.name].append(Save(milliseconds, max(before, probe.microseconds())))
    return saves


def print_table(saves: dict[int, dict[str, list[Save]]], base: str) -> None:
    """Milliseconds of all saves and of the undisturbed ones; the ratio is to the site named `base`."""
    loops = [save.loop_microseconds for sites in saves.values() for site in sites.values() for save in site]
    full_speed = percentile(loops, 0.01)
    print(
        "| entry | site | p50 ms | p99 ms | undisturbed saves | their p50 ms | ratio |\n|---|---|---|---|---|---|---|"
    )
    for length, sites in saves.items():
        free = {
            name: [save.milliseconds for save in site if save.loop_microseconds < DISTURBED * full_speed]
            for name, site in sites.items()
        }
        for name, site in sites.items():
            times = [save.milliseconds for save in site]
            undisturbed = statistics.median(free[name] or [math.nan])
            row = (
                f"{length} characters",
                name,
                f"{statistics.median(times):.1f}",
                f"{percentile(times, 0.99):.1f}",
                f"{len(free[name])} of {len(site)}",
                f"{undisturbed:.1f}",
                f"{undisturbed / statistics.median(free[base] or [math.nan]):.1f}",
            )
            print("| " + " | ".join(row) + " |")
    print(f"\n{CoreProbe.LOOP} takes {full_speed:.1f} µs at full speed here, p50 {statistics.median(loops):.1f} µs.")
    print(f"Python {platform.python_version()} at {os.path.realpath(sys.executable)}")


if __name__ == "__main__":
    main()
