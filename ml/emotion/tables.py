"""Tables of vectors in bytes, a scale for each row: a quarter of the size, and next to nothing is lost. numpy only."""

from pathlib import Path
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from ml.errors import ModelError

Vectors = npt.NDArray[np.float32]
Bytes = npt.NDArray[np.int8]


def save_table(values: Vectors, table: Path, scales: Path) -> None:
    """Write values (rows, width) as int8 (rows, width) and float32 (rows, 1), a row of zeros with the scale 1."""
    largest = np.abs(values).max(axis=1, keepdims=True)
    factors = np.where(largest == 0, 1, largest / 127).astype(np.float32)
    for path, array in ((table, np.rint(values / factors).astype(np.int8)), (scales, factors)):
        path.unlink(missing_ok=True)  # a server may have the old one mapped
        np.save(path, array)


def load_table(table: Path, scales: Path, rows: int) -> tuple[Bytes, Vectors]:
    """Load what `save_table` wrote. Raises ModelError when it is missing, damaged or has another number of rows."""
    # Mapped: a text touches few of its pages, and the processes of a machine share them.
    values, factors = _load_array(table, mmap_mode="r"), _load_array(scales)
    if values.ndim != 2 or len(values) != rows or factors.shape != (rows, 1):
        raise ModelError(f"{table}: has another size than the model says. Train it again.")
    return values, factors


def _load_array(path: Path, mmap_mode: Literal["r"] | None = None) -> npt.NDArray[Any]:
    try:
        return np.asanyarray(np.load(path, mmap_mode=mmap_mode, allow_pickle=False))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
    except (ValueError, EOFError) as error:
        raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
