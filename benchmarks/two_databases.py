"""Runs a benchmark on SQLite and on PostgreSQL, each in a process of its own: settings know one database."""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

Times = dict[str, list[float]]  # seconds of what is measured, by name, for each size
Measured = tuple[list[int], dict[str, Times]]


def run(
    module: str, doc: str | None, measure: Callable[[list[int]], Times]
) -> tuple[list[int], dict[str, Times]] | None:
    """The sizes that the command line names, and the times by database.

    None in the processes that measure: these have printed theirs.
    """
    parser = argparse.ArgumentParser(description=doc)
    parser.add_argument("sizes", type=int, nargs="*", default=[10_000, 1_000_000], help="in films, from small to big")
    parser.add_argument("--measure-here", action="store_true", help="print the seconds for one database as JSON")
    options = parser.parse_args()
    if options.measure_here:
        print(json.dumps(measure(options.sizes)))
        return None
    from tests.services.postgresql import PostgresServer

    with tempfile.TemporaryDirectory() as folder:
        databases = {"SQLite": _measure_elsewhere(module, options.sizes, folder, DATABASE_URL="")}
        server = PostgresServer()
        try:
            server.start()
            databases["PostgreSQL"] = _measure_elsewhere(module, options.sizes, folder, DATABASE_URL=server.url)
        finally:
            server.close()
    return options.sizes, databases


def _measure_elsewhere(module: str, sizes: list[int], folder: str, **environment: str) -> Times:
    env = os.environ | {"HTTPS": "false", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
    command = [sys.executable, "-m", module, "--measure-here", *map(str, sizes)]
    process = subprocess.run(command, cwd=ROOT, env=env | environment, check=True, stdout=subprocess.PIPE, text=True)
    return dict(json.loads(process.stdout))
