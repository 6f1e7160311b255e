"""systemd, nginx, cloud-init and Docker: each file is read by the tool that will read it, as far as that is here."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from tests.deploy.stage import Stage
from tests.services.process import ROOT, require_binary

DOCKER = ROOT / "deploy/docker"
SERVICES = ("web", "worker", "beat", "prepare", "backup", "model")
MAX_EXPOSURE = 15  # tenths, of a hundred


def test_systemd_understands_every_unit(stage: Stage) -> None:
    analyze = require_binary("/usr/bin/systemd-analyze", "systemd")
    units = sorted(path for path in stage.units.iterdir() if path.is_file())
    assert len(units) == 9
    done = subprocess.run(
        [analyze, "verify", *units],
        env={"SYSTEMD_UNIT_PATH": f"{stage.units}:"},
        capture_output=True,
        text=True,
        check=False,
    )
    ours = [line for line in done.stderr.splitlines() if "moduhyu" in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("name", SERVICES)
def test_services_are_shut_in(stage: Stage, name: str) -> None:
    analyze = require_binary("/usr/bin/systemd-analyze", "systemd")
    unit = stage.units / f"moduhyu-{name}.service"
    command = [analyze, "security", "--offline=true", f"--threshold={MAX_EXPOSURE}", unit]
    done = subprocess.run(
        command, env={"SYSTEMD_UNIT_PATH": f"{stage.units}:"}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[-300:] + done.stderr


def test_cloud_init_understands_the_user_data() -> None:
    data = yaml.safe_load((ROOT / "deploy/cloud-init.yaml").read_text(encoding="utf-8"))
    assert data["runcmd"] == [["/usr/local/sbin/moduhyu-release"]]
    if shutil.which("cloud-init") is None:
        pytest.skip("cloud-init is not installed: the user data was read as YAML alone")
    command = ["cloud-init", "schema", "--config-file", ROOT / "deploy/cloud-init.yaml"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr


def test_shell_scripts_are_bash() -> None:
    scripts = sorted((ROOT / "deploy").glob("*.sh"))
    assert len(scripts) == 3
    for script in scripts:
        subprocess.run(["bash", "-n", script], check=True)
        assert script.stat().st_mode & 0o111


def test_the_image_copies_what_is_there_and_pins_what_it_builds_on() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    sources = [word for line in re.findall(r"^COPY (?!--)(.*)$", text, re.MULTILINE) for word in line.split()[:-1]]
    allowed = {line[1:] for line in (DOCKER / "Dockerfile.dockerignore").read_text().splitlines() if line[:1] == "!"}
    assert sources
    for source in sources:
        assert (ROOT / source).exists(), source
        assert source.split("/")[0] in allowed, source
    images = re.findall(r"^FROM (\S+)", text, re.MULTILINE)
    assert all(re.search(r":\d+\.\d+\.\d+", image) for image in images)
    assert text.index("USER moduhyu") < text.index('CMD ["gunicorn"')
    assert "HEALTHCHECK" in text


def test_compose_runs_what_the_units_run() -> None:
    services = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))["services"]
    assert set(services) == {"prepare", "web", "worker", "beat", "postgres", "redis", "nginx"}
    for name in ("postgres", "redis", "nginx"):
        assert re.search(r":\d+\.\d+", services[name]["image"])
    for name in ("worker", "beat"):
        [line] = re.findall(r"^ExecStart=\S+ -m (.*)$", unit_text(name), re.MULTILINE)
        assert line.startswith(" ".join(services[name]["command"]))
    assert services["web"]["ports"] == ["127.0.0.1:8000:8000"]


def unit_text(name: str) -> str:
    return Path(ROOT / f"deploy/systemd/moduhyu-{name}.service").read_text(encoding="utf-8")
