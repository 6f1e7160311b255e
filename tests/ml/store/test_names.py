"""No name, version or file can leave its folder."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.errors import ModelError
from ml.store.names import check_file, check_name, check_version, version_folder

HOSTILE = ["", ".", "..", "../up", "a/b", "/etc", "a\\b", "a\0b", "a\n", " a", "-a", ".a", "가", "a" * 200, "a b", "~"]


@pytest.mark.parametrize("word", HOSTILE)
def test_hostile_word_is_refused(word: str) -> None:
    for check in (check_name, check_version, check_file):
        with pytest.raises(ModelError):
            check(word)


@pytest.mark.parametrize("version", ["linear-80212f111873", "1.0.0", "2026-11-25_a+b"])
def test_version_is_accepted(version: str) -> None:
    assert check_version(version) == version


@pytest.mark.parametrize("word", ["latest", "shipped", "configured"])
def test_version_that_means_something_else_is_refused(word: str) -> None:
    with pytest.raises(ModelError, match="meaning of its own"):
        check_version(word)


@given(name=st.text(max_size=8), version=st.text(max_size=8))
def test_version_folder_stays_in_the_cache(name: str, version: str) -> None:
    cache = Path("/cache")
    try:
        folder = version_folder(cache, name, version)
    except ModelError:
        return
    assert folder.parent.parent == cache
    assert folder.resolve() == folder
