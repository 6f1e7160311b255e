"""pytest plugin: the database and the environment that the suite runs in, and fixtures for real services.

pyproject.toml names it with `-p`: a conftest.py would come too late, after Django has read its settings.
"""

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from tests.services.browser import browser, page, playwright, whole_browser
from tests.services.database import _quick_flush
from tests.services.postgresql import PostgresServer
from tests.services.process import ServiceProcess
from tests.services.redis import RedisServer
from tests.services.scheduling import pytest_xdist_make_scheduler
from tests.services.worker import celery_worker

__all__ = ["_quick_flush", "browser", "page", "playwright", "pytest_xdist_make_scheduler", "whole_browser"]

DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}
# What `make run` sets, and nothing of what the machine's own environment says.
ENVIRONMENT = {
    "HTTPS": "false",
    "DEBUG": "false",
    "SECRET_KEY": "only-for-tests",
    "DATABASE_URL": "",
    "ENCRYPTION_KEYS": "",
    "CELERY_BROKER_URL": "",
    "REDIS_URL": "",
    "API_RATE_READ": "",
    "API_RATE_WRITE": "",
    "API_RATE_SEARCH": "",
    "API_RATE_BATCH": "",
    "API_RATE_HEAVY": "",
    "API_RATE_ANONYMOUS": "",
    "CORS_ALLOWED_ORIGINS": "",
    "EMAIL_URL": "",
    "SITE_URL": "",
    "STATIC_ROOT": "",
    "REMINDER_INTERVAL": "",
    "ANALYSIS_PATIENCE": "",
    "ALLOWED_HOSTS": "",
    "MODEL_STORE": "",
    "METRICS_TOKEN": "only-for-tests",
    "LOG_FORMAT": "",
    "EMOTION_MODEL_VERSION": "",
    "EMOTION_MODEL_DIR": "",
    "PROVIDER_TIMEOUT": "",
    "PROVIDER_BACKOFF": "",
    "PROVIDER_MAX_WAIT": "",
    "RECCOBEATS_URL": "http://127.0.0.1:9",  # no test may ask the real services
    "SPOTIFY_API_URL": "http://127.0.0.1:9",
    "SPOTIFY_ACCOUNTS_URL": "http://127.0.0.1:9",
    "SPOTIPY_CLIENT_ID": "",
    "SPOTIPY_CLIENT_SECRET": "",
    "SPOTIPY_REDIRECT_URI": "",
    # Tests run side by side, one a core: what trains with several threads only waits for the cores of the others.
    "OMP_NUM_THREADS": "1",
    "TF_NUM_INTRAOP_THREADS": "1",
    "TF_NUM_INTEROP_THREADS": "1",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add --database."""
    parser.addoption(
        "--database",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="postgresql: start a cluster and run what uses the database, except what is marked sqlite_only",
    )


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_load_initial_conftests(early_config: pytest.Config) -> Iterator[None]:
    """Set the environment before pytest-django reads the settings in this same hook."""
    options = early_config.known_args_namespace
    # The workers of pytest-xdist inherit the environment, and with it the cluster, of their parent.
    if options.help or options.version:
        return (yield)
    if "PYTEST_XDIST_WORKER" not in os.environ:
        folder = tempfile.mkdtemp(prefix="moduhyu-var-")
        early_config.add_cleanup(lambda: shutil.rmtree(folder))
        os.environ.update(ENVIRONMENT, VAR_DIR=folder)
        if options.database == "postgresql":
            os.environ["DATABASE_URL"] = start_postgresql(early_config)
    count_apart()
    return (yield)


def count_apart() -> None:
    """Give each worker of pytest-xdist a folder of its own for its metrics: none counts what another one does."""
    worker = os.environ.get("PYTEST_XDIST_WORKER", "main")
    folder = Path(os.environ["VAR_DIR"], f"metrics-{worker}")
    folder.mkdir(exist_ok=True)
    os.environ["PROMETHEUS_MULTIPROC_DIR"] = str(folder)


def start_postgresql(config: pytest.Config) -> str:
    """Start a cluster that ends with the session, however that ends; returns its URL."""
    server = PostgresServer()
    config.add_cleanup(server.close)
    server.start()
    return server.url


def pytest_configure(config: pytest.Config) -> None:
    """Register the markers."""
    config.addinivalue_line("markers", "sqlite_only: not run with --database=postgresql")
    config.addinivalue_line("markers", "postgresql_only: run with --database=postgresql only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what belongs to the other database, and on PostgreSQL what would only repeat the SQLite run."""
    if config.getoption("database") == "sqlite":
        kept = [item for item in items if item.get_closest_marker("postgresql_only") is None]
    else:
        kept = [item for item in items if runs_on_postgresql(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept


def runs_on_postgresql(item: pytest.Item) -> bool:
    """Whether the test uses the database and is not bound to SQLite or a browser."""
    fixtures = set(getattr(item, "fixturenames", ()))
    if item.get_closest_marker("sqlite_only") or "playwright" in fixtures:
        return False
    return item.get_closest_marker("django_db") is not None or bool(fixtures & DATABASE_FIXTURES)


@pytest.fixture(scope="session")
def redis_server() -> Iterator[RedisServer]:
    """A running Redis; `.url` is its address, `.process` can be killed and started again."""
    server = RedisServer()
    server.start()
    yield server
    server.close()


@pytest.fixture
def celery_worker_process(
    tmp_path: Path,
) -> Callable[[Mapping[str, str]], AbstractContextManager[ServiceProcess]]:
    """`with celery_worker_process(env) as worker:` runs a real worker; see tests.services.worker."""
    return lambda env: celery_worker(env, log=tmp_path / "worker.log")
