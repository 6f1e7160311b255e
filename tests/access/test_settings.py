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
settings.STATIC_ROOT.mkdir()
for name in ("site.css", "icon.svg", "site.js"):
    (settings.STATIC_ROOT / name).write_text("x")
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
    "static": {
        name: dict(client.get(f"/static/{name}", secure=True).headers) for name in ("site.css", "icon.svg", "site.js")
    },
    "texts": {
        path: client.get(path, secure=True)["Content-Type"]
        for path in ("/healthz", "/sw.js", "/", "/offline/", "/nowhere/")
    },
    "signed_up": signed_up.status_code,
    "cookies": {name: dict(cookie) for name, cookie in (client.cookies | signed_up.cookies).items() if cookie.value},
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
    assert all(name.startswith("__Host-") for name in told["cookies"])  # secure, this very host's, for all of it
    assert {"sessionid", "csrftoken", "django_language", "known_device", "messages"} <= _names(told["cookies"])
    assert [name for name, cookie in told["cookies"].items() if not cookie["secure"]] == []
    open_to_scripts = _names({name: cookie for name, cookie in told["cookies"].items() if not cookie["httponly"]})
    assert open_to_scripts <= {"csrftoken", "settled_draft"}
    assert {(cookie["samesite"], cookie["path"], cookie["domain"]) for cookie in told["cookies"].values()} == {
        ("Lax", "/", "")
    }


def test_static_files_are_locked_as_pages_are(told: dict[str, Any]) -> None:
    for headers in told["static"].values():
        policy = headers["Content-Security-Policy"]
        assert "base-uri 'none'" in policy
        assert "object-src 'none'" in policy
        assert "frame-ancestors 'none'" in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert "Set-Cookie" not in headers


def test_whatever_is_text_tells_its_charset(told: dict[str, Any]) -> None:
    kinds = [*told["texts"].values(), *(headers["Content-Type"] for headers in told["static"].values())]
    assert all("charset=utf-8" in kind.replace('"', "") for kind in kinds), kinds


def test_passwords_are_hashed_by_argon2(told: dict[str, Any]) -> None:
    assert told["signed_up"] == 302
    assert told["password"].startswith("argon2$argon2id$")


def test_another_host_is_refused(told: dict[str, Any]) -> None:
    assert told["foreign_host"] == 400


def _names(cookies: dict[str, Any]) -> set[str]:
    return {name.removeprefix("__Host-") for name in cookies}
