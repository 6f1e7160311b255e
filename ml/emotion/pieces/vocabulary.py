"""Which parts of a text are pieces: a table of hashes in place of a dictionary of strings. numpy only.

A web process that holds 7,632 pieces takes some half a megabyte less so (`python -m benchmarks.emotion_memory`).
"""

from array import array
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Self

import numpy as np
import numpy.typing as npt

# A large odd number spreads code points over 64 bits: 2^64 divided by the golden ratio (Knuth, volume 3, 6.4).
_FACTOR = np.uint64(0x9E3779B97F4A7C15)
_HASHED_AT_ONCE = 1000

Pieces = Iterable[tuple[str, float]]  # with scores, each piece given once


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Pieces by the hashes of their code points, in ascending order of these.

    hashes: uint64 (pieces,). places: int32 (pieces,), of each its place among the pieces as they were given. scores:
    doubles, in the order as they were given. longest: how many characters the longest piece has.

    Another string has the hash of one of 8,000 pieces once in some 10^15 times.
    """

    hashes: npt.NDArray[np.uint64]
    places: npt.NDArray[np.int32]
    scores: "array[float]"
    longest: int

    @classmethod
    def of(cls, pieces: Pieces) -> Self:
        """Of these pieces. The strings are not kept, and need not all be there at once.

        Raises ValueError where one is given twice.
        """
        hashes, scores, longest = [np.empty(0, np.uint64)], array("d"), 1
        rows = iter(pieces)
        while part := list(islice(rows, _HASHED_AT_ONCE)):
            hashes.append(np.array([_hash(piece) for piece, _ in part], np.uint64))
            scores.extend(score for _, score in part)
            longest = max(longest, *(len(piece) for piece, _ in part))
        joined = np.concatenate(hashes)
        places = np.argsort(joined).astype(np.int32)
        ordered = joined[places]
        if (ordered[1:] == ordered[:-1]).any():
            raise ValueError("a piece is given twice")
        return cls(ordered, places, scores, longest)

    def find(self, text: str) -> Iterator[tuple[int, int, int]]:
        """All pieces in a text: where one begins, where it ends, its place; by beginnings, then by ends."""
        points = _read_points(text)
        if not len(self.hashes):
            return
        found = np.zeros(len(points), np.uint64)
        starts, ends, places = [], [], []
        for length in range(1, min(self.longest, len(points)) + 1):
            found = found[: len(points) - length + 1] * _FACTOR + points[length - 1 :]
            rows = np.searchsorted(self.hashes, found).clip(max=len(self.hashes) - 1)
            (known,) = np.nonzero(self.hashes[rows] == found)
            starts.append(known)
            ends.append(known + length)
            places.append(self.places[rows[known]])
        if starts:
            columns = [np.concatenate(column) for column in (starts, ends, places)]
            order = np.lexsort((columns[1], columns[0]))
            yield from zip(*(column[order].tolist() for column in columns), strict=True)


def _hash(piece: str) -> int:
    value = 0
    for point in _read_points(piece).tolist():
        value = (value * int(_FACTOR) + point) % (1 << 64)
    return value


def _read_points(text: str) -> npt.NDArray[np.uint64]:
    """Code points, each more than 0, so that no character leaves a hash as it was."""
    points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.uint64)
    return points + np.uint64(1)
