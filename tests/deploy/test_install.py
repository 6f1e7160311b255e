"""What deploy/install.sh leaves behind, and what it refuses."""

import re
import stat
import subprocess
from pathlib import Path

import pytest

from moduhyu.env import read_database
from tests.deploy.stage import Stage
from tests.deploy.units import read_environment
from tests.services.process import ROOT

SECRETS = ("SECRET_KEY", "ENCRYPTION_KEYS", "METRICS_TOKEN")


def mode_of(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_secrets_are_made_on_the_machine_for_root_alone(stage: Stage) -> None:
    env = stage.root / "etc/moduhyu/env"
    settings = read_environment(env)
    assert mode_of(env) == 0o600
    assert all(len(settings[name]) >= 32 for name in SECRETS)
    assert len({settings[name] for name in SECRETS}) == len(SECRETS)
    assert mode_of(stage.root / "etc/moduhyu/tls/privkey.pem") == 0o600
    assert mode_of(stage.root / "var/lib/moduhyu") == mode_of(stage.root / "var/backups/moduhyu") == 0o700


def test_the_user_data_holds_no_secret() -> None:
    text = (ROOT / "deploy/cloud-init.yaml").read_text(encoding="utf-8")
    assert not any(name in text for name in (*SECRETS, "PASSWORD=", "AWS_SECRET_ACCESS_KEY", "EMAIL_URL"))


def test_the_release_is_the_commit_without_its_history(stage: Stage) -> None:
    release = stage.root / "opt/moduhyu/releases" / stage.release
    assert (stage.root / "opt/moduhyu/current").resolve() == release
    assert (release / "manage.py").exists()
    assert not (release / ".git").exists()


def test_static_files_can_be_read_by_nginx(stage: Stage) -> None:
    static = stage.root / "srv/moduhyu/static"
    assert mode_of(static) & 0o005 == 0o005
    assert all(mode_of(path) & 0o004 for path in static.glob("css/*.css*"))


def test_a_second_run_keeps_secrets_and_refuses_another_model(stage: Stage) -> None:
    before = (stage.root / "etc/moduhyu/env").read_bytes()
    done = stage.install(MODEL_SHA256="0" * 64)
    assert done.returncode == 1
    assert "is not the one that MODEL_SHA256 names" in done.stderr
    assert (stage.root / "etc/moduhyu/env").read_bytes() == before


def test_a_backup_is_read_back_and_old_ones_go(stage: Stage) -> None:
    folder = stage.root / "var/backups/moduhyu"
    for day in range(1, 4):
        (folder / f"2026010{day}T000000Z.backup").write_bytes(b"old")
    command = [stage.root / "opt/moduhyu/current/deploy/backup.sh", folder]
    subprocess.run(command, env={**stage.environment(), "KEEP_BACKUPS": "2"}, check=True, capture_output=True)
    kept = sorted(folder.iterdir())
    assert kept[0].name == "20260103T000000Z.backup"
    assert len(kept) == 2
    assert kept[1].read_bytes().startswith(b"PGDMP")
    assert mode_of(kept[1]) == 0o600


def test_postgresql_on_the_machine_is_reached_by_its_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    script = (ROOT / "deploy/install.sh").read_text(encoding="utf-8")
    [url] = re.findall(r"\$\{DATABASE_URL:-(postgresql:[^}]+)\}", script)
    monkeypatch.setenv("DATABASE_URL", url)
    database = read_database("DATABASE_URL", "")
    assert (database["HOST"], database["NAME"], database["PASSWORD"]) == ("/run/postgresql", "moduhyu", "")


@pytest.mark.parametrize("host", ["", "Diary.example.com", "a b", "x;reboot", "$(reboot)", "-a.example.com"])
def test_what_is_no_name_of_a_host_is_refused(host: str, tmp_path: Path) -> None:
    environment = {"PATH": "/usr/bin:/bin", "SITE_HOST": host, "DESTDIR": str(tmp_path)}
    done = subprocess.run([ROOT / "deploy/install.sh"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "SITE_HOST" in done.stderr
    assert list(tmp_path.iterdir()) == []
