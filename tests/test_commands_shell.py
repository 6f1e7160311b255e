"""The shell commands refuse what they cannot do, in words; nothing here installs anything."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TOOLS = ("bash", "dirname", "mkdir", "tail", "hostname")


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """The scripts and the requirements in a folder without .venv."""
    for name in ("scripts", "requirements"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def run_site(checkout: Path, **env: str) -> subprocess.CompletedProcess[str]:
    """Run scripts/run.sh, which ends by itself only when it refuses."""
    return subprocess.run(
        [checkout / "scripts" / "run.sh"],
        capture_output=True,
        text=True,
        env={"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHON": sys.executable, **env},
        timeout=60,
    )


def test_run_on_a_taken_port_suggests_a_free_one(checkout: Path) -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        port = listener.getsockname()[1]
        result = run_site(checkout, PORT=str(port))
    assert result.returncode == 1
    assert f"Port {port} is taken" in result.stderr
    suggested = int(result.stderr.split("make run PORT=")[1].split()[0])
    assert suggested > port


@pytest.mark.parametrize("port", ["abc", "0", "65536", "８０００", "-1", "80 80", "$(touch owned)"])
def test_run_refuses_what_is_no_port(checkout: Path, port: str) -> None:
    result = run_site(checkout, PORT=port)
    assert result.returncode == 1
    assert "PORT is a number from 1 to 65535" in result.stderr
    assert not (checkout / "owned").exists()


def test_run_refuses_an_address_of_another_machine(checkout: Path) -> None:
    result = run_site(checkout, HOST="203.0.113.1", PORT="8000")
    assert result.returncode == 1
    assert "is not an address of this machine" in result.stderr


def test_run_names_the_old_python_it_found(checkout: Path) -> None:
    tools = checkout / "bin"
    tools.mkdir()
    for name in TOOLS:
        (tools / name).symlink_to(shutil.which(name) or pytest.fail(f"{name} is missing"))
    old = tools / "python3"
    old.write_text('#!/bin/sh\n[ "$1" = --version ] && echo "Python 3.9.2" || exit 1\n')
    old.chmod(0o755)
    result = subprocess.run(
        [tools / "bash", checkout / "scripts" / "run.sh"],
        capture_output=True,
        text=True,
        env={"PATH": str(tools), "LC_ALL": "C.UTF-8", "PYTHON": "python3"},
        timeout=60,
    )
    assert result.returncode == 1
    assert "Python 3.11 or newer is needed. Found: Python 3.9.2" in result.stderr
    assert not (checkout / ".venv").exists()


def test_run_without_a_network_says_so_and_stamps_nothing(checkout: Path) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: every connection is refused
        nowhere = f"http://127.0.0.1:{closed.getsockname()[1]}/simple"
        (checkout / "requirements" / "serve.txt").write_text("Django==5.2.19\n")
        result = run_site(checkout, PORT="8765", PIP_INDEX_URL=nowhere, PIP_CONFIG_FILE=os.devnull)
    assert result.returncode == 1
    assert "The packages could not be downloaded" in result.stderr
    assert not (checkout / ".venv" / ".serve.stamp").exists()


def test_every_name_of_the_machine_is_allowed_on_every_address() -> None:
    result = subprocess.run(
        [sys.executable, "-IS", ROOT / "scripts" / "address.py", "0.0.0.0", "18765"],  # noqa: S104
        capture_output=True,
        text=True,
        check=True,
    )
    word, hosts = result.stdout.split()
    assert word == "ok"
    assert {"localhost", "127.0.0.1", "[::1]", socket.gethostname().lower()} <= set(hosts.split(","))
    assert "*" not in hosts
