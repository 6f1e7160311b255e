"""Tables of vectors in four bits, a scale for each row: an eighth of the size. numpy only.

That moves a vector by a tenth to a seventh of its length, and what is read of many vectors hardly at all:
`ml/emotion/README.md` has the figures.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ml.errors import ModelError

Vectors = npt.NDArray[np.float32]
Numbers = npt.NDArray[np.integer]

STEPS = 7  # to each side of zero; 127 of whole bytes
_ZERO = 8  # is added to each, so that halves of a byte need no sign
# Shares of a row's largest value at which its scale may clip it: which one loses least differs from row to row.
CLIPS = (1.0, 0.9, 0.8, 0.7, 0.6)


@dataclass(frozen=True, slots=True)
class Table:
    """Vectors by number.

    values: uint8 (rows, width / 2), the first half of a vector in the low four bits and the second in the high ones;
    or int8 (rows, width), in whole bytes. scales: float32 (rows, 1), by which their steps count.
    """

    values: npt.NDArray[np.uint8] | npt.NDArray[np.int8]
    scales: Vectors

    @classmethod
    def load(cls, values: Path, scales: Path, rows: int) -> Self:
        """Load what `save_table` wrote. Raises ModelError when it is missing, damaged or of another size."""
        # Mapped: a text touches few of its pages, and the processes of a machine share them.
        table = cls(_load_array(values), _load_array(scales))
        is_bytes = table.values.dtype in (np.uint8, np.int8)
        if not is_bytes or table.values.ndim != 2 or len(table.values) != rows or table.scales.shape != (rows, 1):
            raise ModelError(f"{values}: has another size than the model says. Train it again.")
        return table

    @property
    def width(self) -> int:
        """How many numbers a vector has."""
        return int(self.values.shape[1]) * (1 + self.is_packed)

    def take(self, numbers: Numbers) -> Vectors:
        """The vectors (…, width) of numbers (…)."""
        steps = self.values[numbers]
        if not self.is_packed:
            return steps.astype(np.float32) * self.scales[numbers]
        halves = np.concatenate([steps & 15, steps >> 4], axis=-1).astype(np.float32)
        halves -= _ZERO
        halves *= self.scales[numbers]
        return halves

    def restore(self) -> Vectors:
        """All vectors, (rows, width)."""
        return self.take(np.arange(len(self.values)))

    @property
    def is_packed(self) -> bool:
        """Whether it holds four bits of each number."""
        return self.values.dtype == np.uint8


def save_table(vectors: Vectors, values: Path, scales: Path, *, is_packed: bool = True) -> None:
    """Write vectors (rows, width) in four bits, or else in whole bytes. A row of zeros gets the scale 1.

    Raises ValueError for four bits of an odd width.
    """
    steps, chosen = _pack(vectors) if is_packed else _count_bytes(vectors)
    for path, array in ((values, steps), (scales, chosen)):
        path.unlink(missing_ok=True)  # a server may have the old one mapped
        np.save(path, array)


def _pack(vectors: Vectors) -> tuple[npt.NDArray[np.uint8], Vectors]:
    """Values and scales: of the scales that clip more or less, each row's best one."""
    tried = [_scale(vectors, STEPS / clip) for clip in CLIPS]
    errors = [np.square(_count(vectors, scales, STEPS) * scales - vectors).sum(axis=1) for scales in tried]
    chosen = np.stack(tried)[np.argmin(errors, axis=0), np.arange(len(vectors))]
    low, high = np.split((_count(vectors, chosen, STEPS) + _ZERO).astype(np.uint8), 2, axis=1)
    packed: npt.NDArray[np.uint8] = low | high << np.uint8(4)
    return packed, chosen


def _count_bytes(vectors: Vectors) -> tuple[npt.NDArray[np.int8], Vectors]:
    scales = _scale(vectors, 127)
    return _count(vectors, scales, 127).astype(np.int8), scales


def _scale(vectors: Vectors, steps: float) -> Vectors:
    """Scales (rows, 1), of which the largest number of a row has so many."""
    largest = np.abs(vectors).max(axis=1, keepdims=True)
    scales: Vectors = np.where(largest == 0, 1, largest / steps).astype(np.float32)
    return scales


def _count(vectors: Vectors, scales: Vectors, most: int) -> Vectors:
    """How often the scales go into the vectors, (rows, width), and no oftener than `most` times."""
    steps: Vectors = np.clip(np.rint(vectors / scales), -most, most)
    return steps


def _load_array(path: Path) -> npt.NDArray[Any]:
    try:
        # A plain view of what is mapped: indexing a memmap wraps each result in another one, which takes time.
        return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. Train the model again.") from None
    except (ValueError, EOFError) as error:
        raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
