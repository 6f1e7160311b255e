"""`python -m tests.contract.fuzz --examples 500`: schemathesis against the real site, as somebody who is logged in.

It starts a PostgreSQL cluster and the site by itself, prints what schemathesis says, and ends with its exit status.
`make test-contract` runs it; tests/contract/test_fuzz.py runs a short one. What is sent is told by schemathesis.toml.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.contract.site import Site, running_site
from tests.services.postgresql import PostgresServer

CONFIG = Path(__file__).with_name("schemathesis.toml")
# Two people: neither may ever be shown what the other one has.
PEOPLE = ("writer", "stranger")


def fuzz(site: Site, *, options: Sequence[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run schemathesis with `options` against the site, as people whom it signs up; `folder` takes their tokens."""
    people = folder / "people.json"
    people.write_text(json.dumps({"auth": [_person(site, name) for name in PEOPLE]}))
    command = [
        str(Path(sys.executable).with_name("schemathesis")),
        *("--config-file", str(CONFIG)),
        *("run", f"{site.url}/api/schema/", "--no-color"),
        *options,
    ]
    return subprocess.run(command, env={**os.environ, "PEOPLE": str(people)}, check=False)


def _person(site: Site, name: str) -> dict[str, object]:
    token = site.sign_up(f"{name}@example.com")
    return {"name": name, "fixedHeaders": [{"name": "X-Session-Token", "value": token}]}


def main() -> int:
    """See the module's docstring."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--examples", type=int, default=500, help="of every operation and phase")
    arguments, rest = parser.parse_known_args()
    server = PostgresServer()
    server.start()
    try:
        with running_site(server.url) as site, tempfile.TemporaryDirectory() as folder:
            return fuzz(site, options=[f"--max-examples={arguments.examples}", *rest], folder=Path(folder)).returncode
    finally:
        server.close()


if __name__ == "__main__":
    sys.exit(main())
