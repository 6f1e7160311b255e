"""From logits to probabilities, as every classifier here does it."""

import numpy as np
import numpy.typing as npt


def softmax(logits: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Probabilities of each row of (n, classes) logits; rows sum to 1."""
    odds = np.exp(logits - logits.max(axis=1, keepdims=True))
    return np.asarray(odds / odds.sum(axis=1, keepdims=True))
