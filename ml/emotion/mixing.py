"""How the n-grams' reading and another one become one. numpy only: serving needs no more."""

from collections.abc import Sequence
from dataclasses import dataclass

from ml.emotion.units import FloatArray


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often the other's log-probabilities count where the n-grams' count once: in diaries, in other texts."""

    diary: float
    other: float


def mix(
    words: FloatArray, diary_shares: FloatArray, meanings: FloatArray, rows: Sequence[int], mixture: Mixture
) -> FloatArray:
    """The log-linear mean of both where both read; the other units keep the n-grams' reading.

    words: the n-grams' log-probabilities (units, 6); diary_shares: (units,); meanings: the other's (rows, 6), of the
    units `rows`. Returns scores (units, 6), log-probabilities but for a constant in each row.
    """
    mixed = words.copy()
    shares = diary_shares[rows][:, None]
    counts = shares * mixture.diary + (1 - shares) * mixture.other
    mixed[rows] = (words[rows] + counts * meanings) / (1 + counts)
    return mixed
