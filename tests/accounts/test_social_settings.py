"""Providers of social login are what the environment names, read strictly."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROVIDERS = ("KAKAO", "NAVER", "GOOGLE", "APPLE")
# What a site shows and serves, told by a process of its own: addresses and apps are made once, at the start.
TELL = """
import json, django
django.setup()
from django.conf import settings
from django.core.management import call_command
from django.test import Client
call_command("migrate", verbosity=0)
client = Client(headers={"accept-language": "ko"})
login = client.get("/accounts/login/")
print(json.dumps({
    "apps": [app for app in settings.INSTALLED_APPS if "providers" in app],
    "pages": login.content.decode() + client.get("/accounts/signup/").content.decode(),
    "policy": login["Content-Security-Policy"],
    "callback": client.get("/accounts/kakao/login/callback/").status_code,
}))
"""


def start(folder: Path, **variables: str) -> "subprocess.CompletedProcess[str]":
    """A fresh site with these variables and no provider beside them."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(PROVIDERS)}
    environment = kept | {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "DATABASE_URL": "",
        "DEBUG": "true",  # files under their own names: nothing is collected
        "ALLOWED_HOSTS": "testserver",
        "HTTPS": "false",
        "VAR_DIR": str(folder),
        **variables,
    }
    environment.pop("DJANGO_ALLOW_ASYNC_UNSAFE", None)
    command = [sys.executable, "-c", TELL]
    return subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def test_without_variables_nothing_shows(tmp_path: Path) -> None:
    done = start(tmp_path)
    assert done.returncode == 0, done.stderr
    site = json.loads(done.stdout)
    assert site["apps"] == []
    assert "계속하기" not in site["pages"]
    assert "또는" not in site["pages"]
    assert "form-action 'self';" in f"{site['policy']};"
    assert site["callback"] == 404


def test_one_provider_shows_alone(tmp_path: Path) -> None:
    done = start(tmp_path, KAKAO_CLIENT_ID="id", KAKAO_CLIENT_SECRET="secret")
    assert done.returncode == 0, done.stderr
    site = json.loads(done.stdout)
    assert site["apps"] == ["allauth.socialaccount.providers.kakao"]
    assert site["pages"].count("카카오로 계속하기") == 2
    assert "네이버로" not in site["pages"]
    assert "form-action 'self' https://kauth.kakao.com" in site["policy"]


@pytest.mark.parametrize(
    ("variables", "message"),
    [
        ({"KAKAO_CLIENT_ID": "id"}, "KAKAO_CLIENT_SECRET: missing beside KAKAO_CLIENT_ID"),
        ({"NAVER_CLIENT_SECRET": "hush"}, "NAVER_CLIENT_ID: missing beside NAVER_CLIENT_SECRET"),
        ({"GOOGLE_CLIENT_ID": " ", "GOOGLE_CLIENT_SECRET": "hush"}, "GOOGLE_CLIENT_ID: missing"),
        ({"APPLE_CLIENT_ID": "id", "APPLE_TEAM_ID": "team"}, "APPLE_KEY_ID, APPLE_PRIVATE_KEY: missing"),
        ({"APPLE_APP_CLIENT_IDS": "app"}, "APPLE_APP_CLIENT_IDS needs APPLE_CLIENT_ID"),
        (
            {"APPLE_CLIENT_ID": "id", "APPLE_TEAM_ID": "team", "APPLE_KEY_ID": "key", "APPLE_PRIVATE_KEY": "hush"},
            "APPLE_PRIVATE_KEY is not a private key on the P-256 curve",
        ),
    ],
)
def test_half_of_a_provider_stops_the_start(tmp_path: Path, variables: dict[str, str], message: str) -> None:
    done = start(tmp_path, **variables)
    assert done.returncode != 0
    assert message in done.stderr
    assert "hush" not in done.stderr


@pytest.mark.parametrize(("variables", "expected"), [({}, "optional"), ({"EMAIL_URL": "smtp://mail:25"}, "mandatory")])
def test_addresses_are_verified_where_mails_are_sent(tmp_path: Path, variables: dict[str, str], expected: str) -> None:
    environment = os.environ | {"VAR_DIR": str(tmp_path), "EMAIL_VERIFICATION": "", "EMAIL_URL": ""} | variables
    tell = "from moduhyu import settings as s; print(s.ACCOUNT_EMAIL_VERIFICATION)"
    done = subprocess.run([sys.executable, "-c", tell], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == expected, done.stderr
