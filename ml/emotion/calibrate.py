"""What is chosen on the validation split after fitting: temperature, share of the sentences, confidence threshold."""

from dataclasses import dataclass

import numpy as np

from ml.emotion.metrics import IntArray, log_loss
from ml.emotion.units import FloatArray, Units, combine
from ml.probability import softmax

TEMPERATURES = np.geomspace(0.2, 3.0, 55)
SENTENCE_SHARES = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5)


@dataclass(frozen=True, slots=True)
class Calibration:
    """How logits become the answer. `threshold` is the least confidence of a prediction that counts as sure."""

    temperature: float
    sentence_share: float
    threshold: float


def calibrate(logits: FloatArray, units: Units, labels: IntArray, coverage: float) -> Calibration:
    """Choose temperature and sentence share by log-loss, then the threshold that leaves `coverage` of the texts sure.

    logits: (units, 6); labels: one a text. Temperature scaling is Guo et al. 2017.
    """
    candidates = [
        (log_loss(combine(softmax(logits / temperature), units, share), labels), float(temperature), share)
        for share in SENTENCE_SHARES
        for temperature in TEMPERATURES
    ]
    _, temperature, share = min(candidates)
    confidence = combine(softmax(logits / temperature), units, share).max(axis=1)
    return Calibration(temperature, share, float(np.quantile(confidence, 1 - coverage)))
