"""Scores kept between runs."""

from pathlib import Path

import numpy as np
import pytest

from ml.errors import DataError
from ml.reviews.scoring import ScoredReviews
from ml.reviews.work import WorkFolder

SCORES = ScoredReviews(
    imdb_ids=np.array(["tt1", "tt00000022"]),
    ratings=np.array([np.nan, 3.0]),
    feelings=np.array([[0.1, 0.2, 0.3, 0.4, 0.5], [0, 0, 0, 0, 1 / 3]]),
    sentences=np.array([3, 1]),
    is_erotica=np.array([False, True]),
    is_suicide=np.array([True, False]),
)


def test_write_and_read_back_exactly(tmp_path: Path) -> None:
    work = WorkFolder(tmp_path / "new" / "work")
    work.write("key", SCORES)
    kept = work.read("key")
    assert kept is not None
    for name, array in SCORES.arrays().items():
        np.testing.assert_array_equal(kept.arrays()[name], array)
    assert [path.name for path in work.folder.iterdir()] == ["key.npz"]


def test_read_nothing_kept(tmp_path: Path) -> None:
    assert WorkFolder(tmp_path).read("key") is None


@pytest.mark.parametrize("length", [0, 10, 200])
def test_read_cut_off_file_counts_as_none(tmp_path: Path, length: int) -> None:
    work = WorkFolder(tmp_path)
    work.write("key", SCORES)
    path = tmp_path / "key.npz"
    path.write_bytes(path.read_bytes()[:length])
    assert work.read("key") is None


def test_read_file_of_other_arrays_counts_as_none(tmp_path: Path) -> None:
    np.savez(tmp_path / "key.npz", imdb_ids=np.array(["tt1"]))
    assert WorkFolder(tmp_path).read("key") is None


def test_write_where_a_file_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(DataError, match=r"key\.npz: .*Give another folder as --work"):
        WorkFolder(tmp_path / "file").write("key", SCORES)
