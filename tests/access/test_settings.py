"""The site as it is in production: over HTTPS, with the real password hasher."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PROBE = """
import json
import django.apps
from django.conf import settings
django.setup()
# Neither how tables come nor how static files are named is looked at here, and both take long.
settings.MIGRATION_MODULES = {app.label: None for app in django.apps.apps.get_app_configs()}
settings.STORAGES["staticfiles"]["BACKEND"] = "django.contrib.staticfiles.storage.StaticFilesStorage"
from django.core.management import call_command
from django.test import Client
from accounts.models import User
call_command("migrate", verbosity=0, run_syncdb=True)
client = Client(SERVER_NAME="localhost")
password = "rest-stop-lamp-7"
data = {"email": "new@example.com", "password1": password, "password2": password}
page = client.get("/accounts/login/", secure=True)
signed_up = client.post("/accounts/signup/", data, secure=True)
client.post("/i18n/setlang/", {"language": "en"}, secure=True)
client.get("/entries/new/", secure=True)
print(json.dumps({
    "plain": [response.status_code, response.get("Location")]
    if (response := client.get("/accounts/login/")) else None,
    "headers": dict(page.headers),
    "signed_up": signed_up.status_code,
    "cookies": {name: dict(cookie) for name, cookie in client.cookies.items() if cookie.value},
    "password": User.objects.get().password,
    "foreign_host": client.get("/", secure=True, SERVER_NAME="evil.example").status_code,
}))
"""


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What a process with the settings of production answers."""
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "HTTPS": "true",
        "SECRET_KEY": "",
        "DATABASE_URL": "",
        "VAR_DIR": str(tmp_path_factory.mktemp("var")),
    }
    done = subprocess.run([sys.executable, "-c", PROBE], cwd=ROOT, env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout.splitlines()[-1]))


def test_plain_http_is_led_to_https_and_remembered(told: dict[str, Any]) -> None:
    assert told["plain"] == [301, "https://localhost/accounts/login/"]
    assert told["headers"]["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains; preload"


def test_cookies_travel_by_https_alone(told: dict[str, Any]) -> None:
    assert {"sessionid", "csrftoken", "django_language", "known_device"} <= set(told["cookies"])
    assert [name for name, cookie in told["cookies"].items() if not cookie["secure"]] == []
    open_to_scripts = {name for name, cookie in told["cookies"].items() if not cookie["httponly"]}
    assert open_to_scripts <= {"csrftoken", "settled_draft"}
    assert {cookie["samesite"] for cookie in told["cookies"].values()} == {"Lax"}


def test_passwords_are_hashed_by_argon2(told: dict[str, Any]) -> None:
    assert told["signed_up"] == 302
    assert told["password"].startswith("argon2$argon2id$")


def test_another_host_is_refused(told: dict[str, Any]) -> None:
    assert told["foreign_host"] == 400
