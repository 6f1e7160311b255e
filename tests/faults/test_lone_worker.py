"""The one worker of `make run`, which prepares the database by itself: when it dies, and when it can't begin."""

import hashlib
import http.client
import sys
from pathlib import Path

import pytest
from pytest_django import Settings

from accounts.encryption.data_keys import open_key
from accounts.encryption.sealing import KEY_BYTES
from accounts.models import User
from catalog.models import LoadedFile
from tests.services.process import ROOT, ServiceProcess, free_port
from tests.services.site import site_environment

pytestmark = pytest.mark.django_db(transaction=True)

CATALOGUE = ("movies.csv.gz", "tracks.csv.gz")


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def site(settings: Settings, port: int, tmp_path: Path) -> ServiceProcess:
    """The site as `make run` serves it, but for the catalogue, which counts as loaded; not started yet."""
    for name in CATALOGUE:
        content = (ROOT / "catalog/data" / name).read_bytes()
        LoadedFile.objects.create(name=name, sha256=hashlib.sha256(content).hexdigest())
    return make_site(settings.ENCRYPTION_KEYS, port, tmp_path)


def make_site(keys: list[bytes], port: int, folder: Path) -> ServiceProcess:
    process = ServiceProcess(
        [sys.executable, "-m", "gunicorn", "--config", "scripts/gunicorn.conf.py", "moduhyu.wsgi:application"],
        log=folder / "site.log",
        is_ready=lambda: f":{port}" in process.output(),
        env=site_environment(keys) | {"HOST": "127.0.0.1", "PORT": str(port), "WEB_CONCURRENCY": "1"},
    )
    return process


def ask(port: int) -> int:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    connection.request("GET", "/healthz")
    return connection.getresponse().status


def test_killed_worker_is_replaced_without_preparing_again(site: ServiceProcess, port: int) -> None:
    site.start()
    try:
        assert ask(port) == 200
        [worker] = site.children()
        site.kill_child(lambda children: children[0])
        assert ask(port) == 200
        assert site.children() != [worker]
        assert site.output().count("already loaded") == len(CATALOGUE)
        assert site.output().count(f":{port}") == 1
    finally:
        site.kill()


def test_start_without_the_master_key_ends_and_says_why(owner: User, port: int, tmp_path: Path) -> None:
    open_key(owner.pk)
    site = make_site([bytes(KEY_BYTES)], port, tmp_path)
    with pytest.raises(RuntimeError, match=r"The master key .* is missing"):
        site.start()
    assert f":{port}" not in site.output()
