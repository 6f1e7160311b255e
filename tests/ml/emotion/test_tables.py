"""Tables of vectors: what four bits lose, and that tables of whole bytes are read as before."""

from pathlib import Path

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

from ml.emotion.tables import Table, Vectors, save_table
from ml.errors import ModelError

ROWS, WIDTH = 200, 32


@pytest.fixture
def vectors() -> Vectors:
    rng = np.random.default_rng(0)
    vectors = rng.normal(size=(ROWS, WIDTH)) * rng.uniform(0.01, 10, size=(ROWS, 1))
    vectors[3] = 0
    vectors[4, 0] = 1000  # one number as large as all others together and more
    return vectors.astype(np.float32)


def load(folder: Path, rows: int = ROWS) -> Table:
    return Table.load(folder / "values.npy", folder / "scales.npy", rows)


def save(folder: Path, vectors: Vectors) -> Table:
    save_table(vectors, folder / "values.npy", folder / "scales.npy")
    return load(folder, len(vectors))


def test_four_bits_lose_a_tenth_of_a_vector(vectors: Vectors, tmp_path: Path) -> None:
    table = save(tmp_path, vectors)
    assert (table.width, table.is_packed) == (WIDTH, True)
    lengths = np.linalg.norm(vectors, axis=1)
    lost = np.linalg.norm(table.restore() - vectors, axis=1)
    assert np.median(lost / np.maximum(lengths, 1e-9)) < 0.12
    assert lost[3] == 0
    assert lost[4] < 0.06 * lengths[4]  # the large one is not clipped, where that would lose more
    assert (tmp_path / "values.npy").stat().st_size < 128 + ROWS * WIDTH // 2 + 1


def test_scales_clip_where_that_loses_less(vectors: Vectors, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ordinary = np.arange(ROWS) > 4
    lost = []
    for clips in (None, (1.0,)):
        if clips:
            monkeypatch.setattr("ml.emotion.tables.CLIPS", clips)
        lost.append(np.square(save(tmp_path, vectors).restore() - vectors)[ordinary].sum())
    assert lost[0] < 0.95 * lost[1]


def test_a_vector_is_taken_wherever_its_number_stands(vectors: Vectors, tmp_path: Path) -> None:
    table = save(tmp_path, vectors)
    everything = table.restore()
    numbers = np.array([[7, 7, 0], [199, 3, 4]])
    assert_array_equal(table.take(numbers), everything[numbers])
    assert table.take(np.zeros(0, dtype=np.int64)).shape == (0, WIDTH)


def test_what_was_rounded_stays_when_it_is_rounded_again(vectors: Vectors, tmp_path: Path) -> None:
    once = save(tmp_path, vectors).restore()
    assert_allclose(save(tmp_path, once).restore(), once, rtol=1e-5)


def test_whole_bytes_lose_half_a_step_at_most(vectors: Vectors, tmp_path: Path) -> None:
    scales = (np.abs(vectors).max(axis=1, keepdims=True) / 127).astype(np.float32)
    scales[3] = 1
    save_table(vectors, tmp_path / "values.npy", tmp_path / "scales.npy", is_packed=False)
    table = load(tmp_path)
    assert_array_equal(table.scales, scales)
    assert (table.width, table.is_packed) == (WIDTH, False)
    assert (np.abs(table.restore() - vectors) <= scales * 0.51).all()


@pytest.mark.parametrize(
    ("values", "scales"),
    [
        (np.zeros((ROWS, 4), np.float32), np.zeros((ROWS, 1), np.float32)),
        (np.zeros((ROWS - 1, 4), np.uint8), np.zeros((ROWS, 1), np.float32)),
        (np.zeros(ROWS, np.uint8), np.zeros((ROWS, 1), np.float32)),
        (np.zeros((ROWS, 4), np.uint8), np.zeros(ROWS, np.float32)),
    ],
)
def test_arrays_of_another_size_are_refused(values: np.ndarray, scales: np.ndarray, tmp_path: Path) -> None:
    np.save(tmp_path / "values.npy", values)
    np.save(tmp_path / "scales.npy", scales)
    with pytest.raises(ModelError, match=r"values\.npy: has another size"):
        load(tmp_path)
