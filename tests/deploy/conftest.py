"""One machine in a folder for all tests here, and one site that runs in it."""

import os
import shutil
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from tests.deploy.live import Site
from tests.deploy.stage import Stage, model_store, servers, temporary_machine

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}
FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy")


@pytest.fixture(scope="session")
def stage() -> Iterator[Stage]:
    """A machine in a folder, filled by deploy/install.sh: PostgreSQL, Redis and S3 are real and elsewhere."""
    with ExitStack() as stack:
        monkeypatch = stack.enter_context(pytest.MonkeyPatch.context())
        for name in FOREIGN:
            monkeypatch.delenv(name, raising=False)
        for name, value in CREDENTIALS.items():
            monkeypatch.setenv(name, value)
        for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
            monkeypatch.setenv(name, os.devnull)
        folder = temporary_machine()
        stack.callback(shutil.rmtree, folder)
        stage = Stage(folder)
        stage.make_source()
        variables = stack.enter_context(servers())
        variables |= stack.enter_context(model_store())
        monkeypatch.setenv("AWS_ENDPOINT_URL", variables["AWS_ENDPOINT_URL"])
        stage.variables = variables
        done = stage.boot()
        assert done.returncode == 0, done.stdout + done.stderr
        yield stage


@pytest.fixture(scope="session")
def site(stage: Stage) -> Iterator[Site]:
    """The site, by the command lines of its units, behind the real nginx."""
    site = Site(stage)
    try:
        site.start()
        yield site
    finally:
        site.stop()
