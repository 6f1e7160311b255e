"""What limits and compression cost, and what compression saves.

Run `python -m benchmarks.api_edge`; with `--redis redis://HOST:PORT/0` it also counts there. A page of 50 entries is
asked for over a loopback socket from a site on one core with SQLite, in turn with and without gzip. Times hold for the
machine they were taken on.
"""

import argparse
import gzip
import http.client
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from django.utils.text import compress_string

from benchmarks.save_entry import Site, running_site, text_of
from diary.api.buckets import Buckets, LocalBuckets, Rate
from diary.api.redis_buckets import RedisBuckets

ENTRIES = 50
CHARACTERS = 300
ROUNDS = 100
TOKENS = 2_000
MBIT_PER_S = 5  # a phone with a weak signal


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, default=8765)
    parser.add_argument("--redis", default="", help="the address of a Redis to count in")
    options = parser.parse_args()
    print("| one token taken | µs p50 |\n|---|---|")
    print(f"| from the memory of the process | {token_microseconds(LocalBuckets()):.1f} |")
    if options.redis:
        print(f"| from Redis | {token_microseconds(RedisBuckets(options.redis)):.0f} |")
    with (
        tempfile.TemporaryDirectory() as folder,
        running_site("site", options.port, Path(folder), API_RATE_READ="off") as site,
    ):
        measure_pages(site)


def token_microseconds(buckets: Buckets) -> float:
    """The median time of taking one token."""
    return (
        statistics.median(seconds_of(lambda: buckets.take("benchmark", Rate(10**6, 1))) for _ in range(TOKENS)) * 1e6
    )


def seconds_of(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def measure_pages(site: Site) -> None:
    """Print how large a page is, how long it takes plain and compressed, and what compressing it costs."""
    for number in range(ENTRIES):
        site.request("POST", "/api/v1/entries/", {"text": text_of(CHARACTERS, number), "written_on": "2026-11-01"})
    times: dict[str, list[float]] = {"identity": [], "gzip": []}
    pages = {}
    for _ in range(ROUNDS):
        for encoding, found in times.items():
            started = time.perf_counter()
            pages[encoding] = page(site, encoding)
            found.append((time.perf_counter() - started) * 1000)
    print(f"\n| page of {ENTRIES} entries | bytes | p50 ms | p99 ms | on the way at {MBIT_PER_S} Mbit/s |")
    print("|---|---|---|---|---|")
    for encoding, found in times.items():
        p99 = statistics.quantiles(found, n=100)[98]
        size = len(pages[encoding])
        transfer = size * 8 / MBIT_PER_S / 1000
        print(f"| {encoding} | {size:,} | {statistics.median(found):.1f} | {p99:.1f} | {transfer:.0f} ms |")
    print(f"\ncompressing that page: {compression_milliseconds(pages['identity']):.1f} ms of CPU")


def compression_milliseconds(content: bytes) -> float:
    """The least CPU time, of this machine at its fastest, that Django's compression takes."""
    found = []
    for _ in range(ROUNDS):
        started = time.process_time()
        compress_string(content)
        found.append((time.process_time() - started) * 1000)
    return min(found)


def page(site: Site, encoding: str) -> bytes:
    """The page as it comes over the wire. Raises RuntimeError where it is not what was asked for."""
    headers = {"X-Session-Token": site.token, "Accept-Encoding": encoding}
    site.connection.request("GET", f"/api/v1/entries/?page_size={ENTRIES}", headers=headers)
    response: http.client.HTTPResponse = site.connection.getresponse()
    content = response.read()
    if response.status != 200 or (response.headers["Content-Encoding"] or "identity") != encoding:
        raise RuntimeError(f"{response.status} {response.headers['Content-Encoding']}")
    plain = gzip.decompress(content) if encoding == "gzip" else content
    if plain.count(b'"written_on"') != ENTRIES:
        raise RuntimeError("the page is not full")
    return content


if __name__ == "__main__":
    main()
