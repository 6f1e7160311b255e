"""Answers on disk."""

from pathlib import Path

import pytest

from catalog.importers.providers import cache as cache_module
from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.cache import AnswerCache


def test_cache_keeps_answers_between_runs(tmp_path: Path) -> None:
    file = tmp_path / "new" / "answers.sqlite3"
    AnswerCache(file).put({"a": {"title": "노래"}, "b": None})
    assert AnswerCache(file).get(["a", "b", "c"]) == {"a": {"title": "노래"}, "b": None}
    assert file.parent.stat().st_mode & 0o077 == 0


def test_cache_forgets_in_time_what_a_service_did_not_have(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    cache = AnswerCache(tmp_path / "answers.sqlite3")
    cache.put({"a": 1, "b": None})
    monkeypatch.setattr(cache_module, "ABSENT_SECONDS", -1)
    assert cache.get(["a", "b"]) == {"a": 1}


def test_cache_a_damaged_file_says_to_delete_it(tmp_path: Path) -> None:
    file = tmp_path / "answers.sqlite3"
    file.write_bytes(b"not a database" * 100)
    with pytest.raises(ProviderError, match=r"answers\.sqlite3: the cache can't be used .*Delete it, or set --cache"):
        AnswerCache(file)


def test_cache_a_folder_that_is_a_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ProviderError, match="the cache can't be used"):
        AnswerCache(tmp_path / "file" / "answers.sqlite3")
