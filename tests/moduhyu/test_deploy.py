"""The settings as they are in production, and the commands of a first start."""

import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

from django.core.management import call_command

ROOT = Path(__file__).resolve().parents[2]


def check_deploy(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    # The browser's fixture sets this for as long as its tests last, in whatever order the tests come.
    environment = {name: value for name, value in os.environ.items() if name != "DJANGO_ALLOW_ASYNC_UNSAFE"} | {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "HTTPS": "true",
        "SECRET_KEY": "",  # made in the folder, as on a first start
        "VAR_DIR": str(folder),
        **variables,
    }
    command = [sys.executable, "manage.py", "check", "--deploy", "--fail-level", "WARNING"]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_check_deploy_has_no_warnings(tmp_path: Path) -> None:
    done = check_deploy(tmp_path, SITE_URL="https://diary.example.com")
    assert done.returncode == 0, done.stderr


def test_check_deploy_warns_of_mails_that_lead_nowhere(tmp_path: Path) -> None:
    done = check_deploy(tmp_path)
    assert done.returncode == 1
    assert "moduhyu.W001" in done.stderr
    assert "1 issue" in done.stderr


def test_migrations_are_complete(db: None) -> None:
    call_command("makemigrations", "--check", "--dry-run", stdout=StringIO())
