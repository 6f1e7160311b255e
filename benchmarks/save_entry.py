"""How long a save takes through the API: the whole site on one core with SQLite, analysis and answer included.

Run `python -m benchmarks.save_entry`. Two sites are measured side by side in turn: the one that `make run` starts,
and the same with a broker that nobody listens to, which saves the entry and stops there. Times hold for the machine
they were taken on; the ratio travels.
"""

import argparse
import http.client
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import timeit
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
SENTENCES = (
    "퇴근길에 버스를 놓쳐서 한참을 걸었는데 노을이 예뻐서 괜히 마음이 풀렸다.",
    "오늘도 회의에서 한마디도 못 하고 돌아왔다. 나만 뒤처지는 것 같아서 자꾸 작아진다.",
    "엄마가 보내 준 김치로 찌개를 끓였다. 전화로 맛있다고 하니까 웃으셨다.",
    "내일 결과가 나온다. 아무렇지 않은 척했지만 하루 종일 손에 일이 안 잡혔다.",
    "약속을 또 미뤘다. 미안하다는 말도 없이. 이번에는 정말 화가 났다.",
)
WARM_UP = 40
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


def reference_microseconds() -> float:
    """What `sum(range(1000))` takes on the site's core: how fast this machine is just now."""
    others = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {CORE})
    best = min(timeit.repeat("sum(range(1000))", number=1000, repeat=20)) * 1000
    os.sched_setaffinity(0, others)
    return best


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
        print("| entry | site | p50 ms | p99 ms | p50 ratio |\n|---|---|---|---|---|")
        for length in (60, 600):
            times: dict[str, list[float]] = {writer.site.name: [] for writer in writers}
            for number in range(options.saves + WARM_UP):
                for writer in writers:
                    milliseconds = writer.save(length, number)
                    if number >= WARM_UP:
                        times[writer.site.name].append(milliseconds)
            base = statistics.median(times[bare.name])
            for name, values in times.items():
                median = statistics.median(values)
                row = (
                    f"{length} characters",
                    name,
                    f"{median:.1f}",
                    f"{percentile(values, 0.99):.1f}",
                    f"{median / base:.1f}",
                )
                print("| " + " | ".join(row) + " |")
        print(f"\nReference: sum(range(1000)) takes {reference_microseconds():.1f} µs on this core just now.")


if __name__ == "__main__":
    main()
