"""What the architectures of two readings share in training: the n-grams' own temperatures, and the mixture."""

from itertools import product

import numpy as np

from ml.emotion.calibrate import Temperatures, choose_temperatures
from ml.emotion.metrics import IntArray, log_loss
from ml.emotion.mixing import Mixture, mix
from ml.emotion.ngram import NgramModel
from ml.emotion.units import FloatArray, Units

MIXTURES = (0.25, 0.35, 0.5, 0.7, 1.0, 1.4, 2.0)


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
    words: FloatArray, diary_shares: FloatArray, meanings: FloatArray, units: Units, labels: IntArray
) -> Mixture:
    """The mixture with the least log-loss of the whole texts, each at temperatures that suit it.

    meanings: of the whole texts, (texts, 6); labels: theirs. The other arguments are `mix`'s.
    """

    def loss(mixture: Mixture) -> float:
        scores = mix(words, diary_shares, meanings, units.whole, mixture)[units.whole]
        shares = diary_shares[units.whole]
        found = choose_temperatures(lambda candidate: log_loss(candidate.calibrate(scores, shares), labels))
        return log_loss(found.calibrate(scores, shares), labels)

    return min((Mixture(diary, other) for diary, other in product(MIXTURES, repeat=2)), key=loss)
