"""One film in IMDb's tables, to which each test adds what it is about; and Ctrl+C."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.catalog.importers.imdb_files import ImdbFiles, aka, crew, person, title


@pytest.fixture
def files(tmp_path: Path) -> ImdbFiles:
    return ImdbFiles(
        tmp_path,
        basics=[title("tt0364569", "Oldeuboi")],
        crew=[crew("tt0364569", "nm0661791")],
        names=[person("nm0661791", "Park Chan-wook")],
        akas=[aka("tt0364569", 1, "올드보이", types="imdbDisplay")],
    )


@pytest.fixture
def ctrl_c() -> Iterator[None]:
    """Let this process hear Ctrl+C, also in a suite that a shell has started in the background, which ignores it."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)
