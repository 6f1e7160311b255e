"""What syncing costs: batches of 100 entries, the first sync of a diary, and asking again when nothing has changed.

Run `python -m benchmarks.sync`. The site runs as `make run` starts it, on one core with SQLite; batches are read and
answered inside of the request. Texts have 300 characters.
"""

import argparse
import os
import statistics
import tempfile
import uuid
from collections.abc import Iterator
from pathlib import Path

from benchmarks.save_entry import CORE, Site, running_site, text_of

PER_BATCH = 100
BEGINNING = "1970-01-01T00:00:00Z"


def send_batches(site: Site, count: int) -> Iterator[tuple[float, int]]:
    """Seconds of each of `count` batches of new entries, and how many were read in them."""
    for number in range(count):
        entries = [
            {"id": str(uuid.uuid4()), "text": text_of(300, number * PER_BATCH + place), "written_on": "2026-11-01"}
            for place in range(PER_BATCH)
        ]
        seconds, answer = site.request("POST", "/api/v1/entries/batch/", {"entries": entries})
        yield seconds, sum(item["entry"]["status"] == "analyzed" for item in answer["results"])


def sync(site: Site, since: str) -> tuple[list[float], str]:
    """Seconds of each page, and what to ask from the next time."""
    address = f"/api/v1/entries/?updated_since={since}&page_size=100"
    times = []
    while True:
        seconds, page = site.request("GET", address)
        times.append(seconds)
        if page["next"] is None:
            return times, page["next_updated_since"]
        address = page["next"][page["next"].index("/api/") :]


def row(what: str, times: list[float]) -> str:
    milliseconds = sorted(seconds * 1000 for seconds in times)
    return f"| {what} | {len(times)} | {statistics.median(milliseconds):.0f} | {milliseconds[-1]:.0f} |"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--batches", type=int, default=20)
    parser.add_argument("--port", type=int, default=8775)
    options = parser.parse_args()
    os.sched_setaffinity(0, os.sched_getaffinity(0) - {CORE} or {CORE})
    with tempfile.TemporaryDirectory() as folder, running_site("site", options.port, Path(folder)) as site:
        batches = list(send_batches(site, options.batches))
        first, since = sync(site, BEGINNING)
        quiet = [seconds for _ in range(50) for seconds in sync(site, since)[0]]
    print("| request | times | median ms | longest ms |\n|---|---|---|---|")
    read = sum(count for _, count in batches)
    print(row(f"a batch of 100 new entries; {read:,} of {len(batches) * PER_BATCH:,} read", [s for s, _ in batches]))
    print(row(f"a page of 100 in the first sync of {options.batches * PER_BATCH:,}", first))
    print(row("asking again, nothing new", quiet))


if __name__ == "__main__":
    main()
