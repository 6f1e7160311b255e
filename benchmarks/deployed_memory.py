"""What the installed site takes of a small machine's memory: `python -m benchmarks.deployed_memory`.

deploy/install.sh fills a folder, the units' command lines are started behind nginx, with the whole catalogue, and two
people write entries. Memory is PSS (/proc/PID/smaps_rollup): what processes share is counted once, over all of them.
"""

import os
import shutil
from contextlib import ExitStack
from pathlib import Path

from benchmarks.memory import processes_below, pss_of
from tests.deploy.live import TEXT, Site
from tests.deploy.stage import Stage, model_store, servers, temporary_machine

ENTRIES = 60
CREDENTIALS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x", "AWS_DEFAULT_REGION": "us-east-1"}
# How a process is told from the others by its command line.
SIGNS = {
    "web: gunicorn and its two workers": "deploy/gunicorn.conf.py",
    "worker": "moduhyu worker",
    "clock": "moduhyu beat",
    "PostgreSQL": "postgres",
    "Redis": "redis-server",
    "nginx": "nginx:",
}


def main() -> None:
    """Start everything, write, and print the table."""
    os.environ.update(CREDENTIALS)
    with ExitStack() as stack:
        folder = temporary_machine()
        stack.callback(shutil.rmtree, folder)
        stage = Stage(folder)
        stage.make_source(has_whole_catalogue=True)
        stage.variables = stack.enter_context(servers()) | stack.enter_context(model_store())
        os.environ["AWS_ENDPOINT_URL"] = stage.variables["AWS_ENDPOINT_URL"]
        done = stage.boot()
        if done.returncode:
            raise SystemExit(done.stdout + done.stderr)
        site = Site(stage)
        stack.callback(site.stop)
        site.start()
        write(site, "writer@example.com")
        write(site, "another@example.com")
        sizes = {name: pss(sign) for name, sign in SIGNS.items()}
    print(f"| after {ENTRIES} entries | MiB |\n|---|---|")
    for name, size in [*sizes.items(), ("together", sum(sizes.values()))]:
        print(f"| {name} | {size:.0f} |")


def write(site: Site, email: str) -> None:
    """Have somebody write, look at the list, and wait until the worker has read all of it."""
    client = site.visitor(**{"X-Session-Token": site.sign_up(email)})
    entries = f"{site.url}/api/v1/entries/"
    for _ in range(ENTRIES // 2):
        body = {"text": TEXT, "written_on": "2026-11-25"}
        client.post(entries, json=body, timeout=60).raise_for_status()
    site.wait_until(lambda: '"pending"' not in client.get(entries, timeout=60).text)


def pss(sign: str) -> float:
    """MiB of all descendants of this process whose command line holds the sign."""
    return pss_of(
        pid
        for pid in processes_below(os.getpid())[1:]
        if sign in Path(f"/proc/{pid}/cmdline").read_text(errors="replace").replace("\0", " ")
    )


if __name__ == "__main__":
    main()
