"""A typed Python client is generated from the document without a warning, and does the main job against the site."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.contract.site import Site

HERE = Path(__file__).parent
BINARIES = Path(sys.executable).parent

pytestmark = [pytest.mark.postgresql_only, pytest.mark.django_db]


def run(*command: str | Path, folder: Path) -> str:
    """What a command prints; it fails the test with that when it fails."""
    # The generator calls ruff by its name.
    environment = {**os.environ, "PATH": f"{BINARIES}:{os.environ['PATH']}", "PYTHONPATH": str(folder)}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_generated_client_is_typed_and_does_the_main_job(site: Site, tmp_path: Path) -> None:
    run(
        *(BINARIES / "openapi-python-client", "generate", "--fail-on-warning", "--meta", "none"),
        *("--url", f"{site.url}/api/schema/", "--output-path", tmp_path / "moduhyu_client"),
        *("--config", HERE / "client.yaml"),
        folder=tmp_path,
    )
    run(sys.executable, "-m", "mypy", "--strict", HERE / "evening.py", folder=tmp_path)
    told = run(sys.executable, HERE / "evening.py", site.url, site.sign_up("evening@example.com"), folder=tmp_path)
    assert "좋은 밤 되세요." in told
