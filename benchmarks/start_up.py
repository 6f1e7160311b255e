"""How long the site takes from its start to its first answer, and what two workers hold in memory.

Part of `make bench-stack`. The database is ready, as at every start but the first one.
"""

import statistics
from pathlib import Path

from benchmarks.memory import pss_mib
from benchmarks.save_entry import text_of
from benchmarks.served import Client, sign_up, whole_site

PAGES = ("/healthz", "/")


def print_start_up(folder: Path, repeats: int) -> None:
    """`folder`: the VAR_DIR of a site that is ready."""
    print("| from the start of gunicorn to | median s | all |\n|---|---|---|")
    for page in PAGES:
        times = []
        for _ in range(repeats):
            with whole_site(folder, first_page=page) as server:
                times.append(server.seconds)
        _print_row(f"the first `{page}`", times)
    token, first_saves = "", []
    for _ in range(repeats):
        with whole_site(folder, first_page="/healthz") as server:
            token = token or sign_up(server.port, "starter")
            first_saves.append(
                server.seconds + Client(server.port, token).timed("POST", "/api/v1/entries/", _entry(0))
            )
    _print_row("the first saved, read and answered entry", first_saves)


def print_two_workers(folder: Path, saves: int = 40) -> None:
    """PSS of two workers and their parent after saves that both had a share in."""
    with whole_site(folder, workers=2) as server:
        token = sign_up(server.port, "two-workers")
        for number in range(saves):  # each by a connection of its own, which either of both may take
            Client(server.port, token).send("POST", "/api/v1/entries/", _entry(number))
        print(f"Two workers and their parent after {saves} saves: {pss_mib([server.pid]):.0f} MiB (PSS).")


def _entry(number: int) -> dict[str, str]:
    return {"text": text_of(60, number), "written_on": "2026-11-01"}


def _print_row(name: str, times: list[float]) -> None:
    print(
        f"| {name} | {statistics.median(times):.2f} | {', '.join(f'{seconds:.2f}' for seconds in times)} |", flush=True
    )
