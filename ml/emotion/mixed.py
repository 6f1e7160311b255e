"""What the architectures of two readings share in training: the n-grams' own temperatures, and the mixture."""

from collections.abc import Sequence
from dataclasses import replace
from itertools import product

import numpy as np
from scipy.optimize import minimize  # type: ignore[import-untyped]

from ml.emotion.calibrate import Temperatures, choose_temperatures
from ml.emotion.metrics import IntArray, log_loss
from ml.emotion.mixing import Mixture, average, mix
from ml.emotion.ngram import NgramModel
from ml.emotion.units import FloatArray, Units

# Times the sum of the squared offsets: the only value tried.
_RIDGE = 0.001
MIXTURES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0, 2.8, 4.0)
SECOND_SHARES = (0.4, 0.5, 0.6, 0.7, 0.8)  # of the second of two readers


def choose_own_temperatures(ngrams: NgramModel, units: Units, labels: IntArray) -> Temperatures:
    """The temperatures at which the n-grams alone read the whole texts with the least log-loss."""
    logits, shares = ngrams.score(units)
    logits, shares = logits[units.whole], shares[units.whole]
    return choose_temperatures(lambda candidate: log_loss(candidate.calibrate(logits, shares), labels))


def score_words(ngrams: NgramModel, temperatures: Temperatures, units: Units) -> tuple[FloatArray, FloatArray]:
    """The n-grams' log-probabilities (units, 6) and diary shares (units,)."""
    logits, shares = ngrams.score(units)
    return np.log(temperatures.calibrate(logits, shares) + 1e-12), shares


def choose_mixture(
    words: FloatArray, diary_shares: FloatArray, readings: Sequence[FloatArray], units: Units, labels: IntArray
) -> Mixture:
    """The mixture with the least log-loss of the whole texts, each at temperatures that suit it; then its offsets.

    readings: one reader's or two readers', of the whole texts, each (texts, 6); labels: theirs. The other arguments
    are `mix`'s.
    """
    shares_of_readers: list[Sequence[float]] = [()]
    if len(readings) > 1:
        shares_of_readers = [(round(1 - second, 2), second) for second in SECOND_SHARES]
    meanings = {tuple(shares): average(readings, shares) for shares in shares_of_readers}

    def score(mixture: Mixture) -> FloatArray:
        return mix(words, diary_shares, meanings[tuple(mixture.readers)], units.whole, mixture)[units.whole]

    def loss(mixture: Mixture) -> float:
        scores = score(mixture)
        shares = diary_shares[units.whole]
        found = choose_temperatures(lambda candidate: log_loss(candidate.calibrate(scores, shares), labels))
        return log_loss(found.calibrate(scores, shares), labels)

    counts = product(MIXTURES, MIXTURES, shares_of_readers)
    found = min((Mixture(diary, other, readers=readers) for diary, other, readers in counts), key=loss)
    return replace(found, offsets=choose_offsets(score(found), diary_shares[units.whole], labels))


def choose_offsets(scores: FloatArray, diary_shares: FloatArray, labels: IntArray) -> tuple[float, ...]:
    """What to add to the scores (n, 6) of texts that are no diaries, (6,): the least log-loss, and no large offsets.

    The bias half of vector scaling (Guo et al. 2017), regularised because the rarest emotion occurs some sixty times.
    """
    temperatures = choose_temperatures(lambda candidate: log_loss(candidate.calibrate(scores, diary_shares), labels))
    others = (1 - diary_shares)[:, None]

    def loss(offsets: FloatArray) -> float:
        probabilities = temperatures.calibrate(scores + others * offsets, diary_shares)
        return log_loss(probabilities, labels) + _RIDGE * float(offsets @ offsets)

    found = minimize(loss, np.zeros(scores.shape[1])).x
    return tuple(float(offset) for offset in np.round(found, 4))
