"""How the n-grams' reading and another one become one. numpy only: serving needs no more."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from ml.emotion.units import FloatArray
from ml.probability import log_softmax


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often the other's log-probabilities count where the n-grams' count once: in diaries, in other texts.

    offsets: added to the scores of other texts, (6,) or empty: their emotions are not as frequent as in what was
    learned from, whose rare ones weigh more and whose lines are hard ones.
    readers: what share of the other's reading is each of its readers', or empty: they count alike.
    """

    diary: float
    other: float
    offsets: Sequence[float] = ()
    readers: Sequence[float] = ()


class TextReader(Protocol):
    """What reads whole texts."""

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Natural logarithms (texts, 6)."""


def read_together(readers: Sequence[TextReader], texts: Sequence[str], shares: Sequence[float] = ()) -> FloatArray:
    """The normalised geometric mean of what the readers read: log-probabilities (texts, 6).

    `shares` are `Mixture.readers`.
    """
    return average([reader.log_probabilities(texts) for reader in readers], shares)


def average(readings: Sequence[FloatArray], shares: Sequence[float] = ()) -> FloatArray:
    """The normalised geometric mean of readings (texts, 6); `shares` are `Mixture.readers`."""
    return log_softmax(np.average(readings, axis=0, weights=list(shares) or None))


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
    if mixture.offsets:
        mixed[rows] += (1 - shares) * np.asarray(mixture.offsets)
    return mixed
