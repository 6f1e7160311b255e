"""What `manage.py import_movies` takes on tables of IMDb's size: memory and time, beside the same join in pandas.

Run `python -m benchmarks.import_movies /tmp/imdb` (2 GB of disk); the tables are made there once and stay. Every row
of the table that it prints is a process of its own on a throwaway SQLite database; memory is the most that the process
had resident (ru_maxrss). Needs requirements/catalog.txt, and pandas for the last row.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.imdb_tables import Sizes, add_arguments, sizes_of, table_paths

ROOT = Path(__file__).resolve().parent.parent
PANDAS_GIB = 12


@dataclass(frozen=True)
class Run:
    """A finished process: seconds by the clock and of the CPU, peak resident memory, and what it printed."""

    returncode: int
    seconds: float
    cpu_seconds: float
    peak_mib: float
    stdout: str
    stderr: str


def run(arguments: Sequence[str | Path], **environment: str) -> Run:
    """Run Python with these arguments; the peak is the process's own, not its children's."""
    with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
        started = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, *arguments], cwd=ROOT, env=os.environ | environment, stdout=stdout, stderr=stderr
        )
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        process.returncode = os.waitstatus_to_exitcode(status)
        stdout.seek(0)
        stderr.seek(0)
        return Run(
            process.returncode,
            seconds,
            usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024,
            stdout.read().decode(),
            stderr.read().decode(),
        )


def checked(result: Run) -> Run:
    if result.returncode:
        raise RuntimeError(result.stderr)
    return result


def figure(name: str, output: str) -> int:
    """The number before a word in the command's report."""
    found = re.search(rf"([\d,]+) {name}", output)
    if found is None:
        raise RuntimeError(f"no {name!r} in: {output}")
    return int(found[1].replace(",", ""))


def print_row(what: str, result: Run, outcome: str) -> None:
    cells = (what, f"{result.peak_mib:,.0f}", f"{result.seconds:,.0f}", f"{result.cpu_seconds:,.0f}", outcome)
    print("| " + " | ".join(cells) + " |", flush=True)


def measure_command(tables: dict[str, Path], database: Path) -> None:
    environment = {"VAR_DIR": str(database), "HTTPS": "false", "DATABASE_URL": ""}
    checked(run(["manage.py", "migrate", "--verbosity", "0"], **environment))
    files: list[str | Path] = []
    for option, name in (
        ("basics", "title.basics"),
        ("crew", "title.crew"),
        ("names", "name.basics"),
        ("akas", "title.akas"),
    ):
        files += [f"--{option}", tables[name]]
    command = ["manage.py", "import_movies", *files]
    runs: list[tuple[str, list[str | Path]]] = [
        ("join alone (`--dry-run`)", ["--dry-run"]),
        ("first import", []),
        ("second import", []),
        ("third import, now with scores of every film", ["--reviews-scores", tables["scores"]]),
    ]
    for what, more in runs:
        result = checked(run([*command, *more], **environment))
        counts = ", ".join(
            f"{figure(name, result.stdout):,} {name}" for name in ("added", "changed", "unchanged", "rejected")
        )
        print_row(f"`import_movies`, {what}", result, counts)


def measure_pandas(tables: dict[str, Path]) -> None:
    order = ("title.basics", "title.crew", "name.basics", "title.akas")
    module: list[str | Path] = [
        "-m",
        "benchmarks.imdb_pandas",
        *(tables[name] for name in order),
        "--gib",
        str(PANDAS_GIB),
    ]
    result = run(module)
    if result.returncode == 0:
        outcome = f"{int(result.stdout):,} films"
    elif "MemoryError" in result.stderr or "out of memory" in result.stderr or result.returncode < 0:
        reached = [line for line in result.stderr.splitlines() if line in tables]
        outcome = f"out of memory at {reached[-1] if reached else 'the start'}"
    else:
        outcome = f"failed: {result.stderr.strip().splitlines()[-1]}"
    print_row(f"pandas, join alone, at most {PANDAS_GIB} GiB", result, outcome)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    add_arguments(parser)
    options = parser.parse_args()
    sizes: Sizes = sizes_of(options)
    if options.folder.resolve().is_relative_to(ROOT):
        parser.error("the folder must lie outside the repository")
    # In a process of its own: a child's peak memory begins with that of its parent.
    generate = ["-m", "benchmarks.imdb_tables", options.folder]
    checked(run([*generate, *(f"--{name}={rows}" for name, rows in vars(sizes).items())]))
    tables = table_paths(options.folder, sizes)
    print(", ".join(f"{rows:,} {name}" for name, rows in vars(sizes).items()) + "\n")
    print("| what | peak memory, MiB | seconds | CPU seconds | outcome |\n|---|---|---|---|---|", flush=True)
    with tempfile.TemporaryDirectory(dir=options.folder) as database:
        measure_command(tables, Path(database))
        megabytes = sum(path.stat().st_size for path in Path(database).glob("db.sqlite3*")) / 1e6
    measure_pandas(tables)
    print(f"\nThe SQLite database has {megabytes:,.0f} MB in the end.")


if __name__ == "__main__":
    main()
