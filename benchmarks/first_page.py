"""How long a newcomer waits: a fresh clone, `make run`, the first page; then the same once more.

Run `python -m benchmarks.first_page`. The first start downloads packages, so it depends on the network and on pip's
cache; the second one does not. Also prints what the serving environment takes on disk.
"""

import argparse
import contextlib
import os
import signal
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
TIMEOUT_S = 600.0


def seconds_to_first_page(clone: Path, port: int) -> float:
    """Start `make run` and stop it again; returns the seconds until the first page was there."""
    environment = {name: value for name, value in os.environ.items() if name not in {"VAR_DIR", "HTTPS", "PYTHONPATH"}}
    started = time.perf_counter()
    process = subprocess.Popen(
        ["make", "run", f"PORT={port}"],
        cwd=clone,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        while time.perf_counter() - started < TIMEOUT_S and process.poll() is None:
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=5).read()
                return time.perf_counter() - started
            time.sleep(0.02)
        raise RuntimeError("`make run` did not show a page; run it by hand to see why")
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def megabytes(folder: Path) -> float:
    """What the files below a folder take on disk."""
    return sum(path.lstat().st_blocks * 512 for path in folder.rglob("*")) / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8767)
    parser.add_argument("--restarts", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        clone = Path(folder) / "clone"
        subprocess.run(["git", "clone", "--quiet", str(ROOT), str(clone)], check=True)
        first = seconds_to_first_page(clone, options.port)
        print("| what | measured |\n|---|---|")
        print(f"| first `make run` to first page, downloads included | {first:.1f} s |")
        again = [f"{seconds_to_first_page(clone, options.port):.1f}" for _ in range(options.restarts)]
        print(f"| `make run` again to first page | {', '.join(again)} s |")
        print(f"| serving environment on disk | {megabytes(clone / '.venv'):.0f} MB |")


if __name__ == "__main__":
    main()
