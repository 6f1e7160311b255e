"""One film in IMDb's tables, to which each test adds what it is about."""

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
