"""What is chosen on the validation split after fitting: temperatures, share of the sentences, confidence threshold."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import numpy as np

from ml.emotion.metrics import IntArray, log_loss
from ml.emotion.units import FloatArray, Units, combine
from ml.probability import softmax

TEMPERATURES = np.geomspace(0.2, 3.0, 55)
SENTENCE_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)
_ROUNDS = 2
# Share of the validation texts that are to count as sure.
COVERAGE = 0.87


@dataclass(frozen=True, slots=True)
class Temperatures:
    """By what logits are divided (Guo et al. 2017): a model is not equally sure of diaries and of other texts."""

    diary: float
    other: float

    def calibrate(self, logits: FloatArray, diary_shares: FloatArray) -> FloatArray:
        """Probabilities (n, 6) of logits (n, 6); the inverse temperatures are mixed by the diary shares (n,)."""
        coldness = diary_shares / self.diary + (1 - diary_shares) / self.other
        return softmax(logits * coldness[:, None])


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become the answer. `threshold` is the least confidence of a prediction that counts as sure."""

    temperatures: Temperatures
    sentence_share: float
    threshold: float


def calibrate(
    logits: FloatArray, diary_shares: FloatArray, units: Units, labels: IntArray, coverage: float
) -> Calibration:
    """Choose temperatures and sentence share by log-loss, then the threshold that leaves `coverage` of the texts sure.

    logits: (units, 6); diary_shares: (units,); labels: one a text.
    """

    def loss(temperatures: Temperatures, share: float) -> float:
        return log_loss(combine(temperatures.calibrate(logits, diary_shares), units, share), labels)

    found = Temperatures(diary=1.0, other=1.0)
    share = 0.0
    for _ in range(_ROUNDS):
        share = min(SENTENCE_SHARES, key=lambda candidate: loss(found, candidate))
        found = choose_temperatures(partial(loss, share=share), start=found, rounds=1)
    confidence = combine(found.calibrate(logits, diary_shares), units, share).max(axis=1)
    return Calibration(found, share, float(np.quantile(confidence, 1 - coverage)))


def choose_temperatures(
    loss: Callable[[Temperatures], float],
    *,
    start: Temperatures = Temperatures(diary=1.0, other=1.0),
    rounds: int = _ROUNDS,
) -> Temperatures:
    """The temperatures of the least loss, found one after the other, so many times over."""
    found = start
    for _ in range(rounds):
        for name in ("diary", "other"):
            candidates = [replace(found, **{name: float(value)}) for value in TEMPERATURES]
            found = min(candidates, key=loss)
    return found
