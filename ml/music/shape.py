"""Inputs shaped for linear models: what is skewed or bounded is unrolled, and a few products stand beside it."""

import numpy as np
from numpy.typing import NDArray

from ml.music.data import INPUTS

# In 0…1 and crowded at the ends: log-odds. The margin keeps 0 and 1 finite.
LOG_ODDS = tuple(INPUTS.index(name) for name in ("energy", "acousticness", "instrumentalness", "valence"))
MARGIN = 0.001
# Positive and skewed: logarithms, after an offset that keeps 0 finite.
LOGARITHMS = tuple(INPUTS.index(name) for name in ("speechiness", "liveness", "tempo", "length"))
OFFSETS = (0.001, 0.001, 1.0, 1.0)
LOUDNESS = INPUTS.index("loudness")
# Trackers of tempo are often wrong by a factor of two; folded, half and double time lie together (beats a minute).
TEMPO = INPUTS.index("tempo")
SLOWEST, FASTEST = 80.0, 160.0
# Bright and strong, acoustic and strong, bright and danceable.
PRODUCTS = tuple(
    (INPUTS.index(left), INPUTS.index(right))
    for left, right in (("energy", "valence"), ("energy", "acousticness"), ("danceability", "valence"))
)
SHAPED = len(INPUTS) + len(LOG_ODDS) + len(LOGARITHMS) + 2 + len(PRODUCTS)


def shape_inputs(inputs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shape inputs [n, len(INPUTS)] to [n, SHAPED]: first as they are, then what the constants above say.

    `ml.music.graph` writes the same as ONNX.
    """
    shares = np.clip(inputs[:, LOG_ODDS], 0, 1)
    positive = np.maximum(inputs[:, LOGARITHMS], 0)
    quiet = np.maximum(-inputs[:, [LOUDNESS]], 0)
    tempo = inputs[:, [TEMPO]]
    left, right = zip(*PRODUCTS, strict=True)
    return np.hstack(
        [
            inputs,
            np.log((shares + MARGIN) / (1 + MARGIN - shares)),
            np.log(positive + np.array(OFFSETS)),
            np.log(1 + quiet),
            np.where(tempo < SLOWEST, 2 * tempo, np.where(tempo > FASTEST, tempo / 2, tempo)),
            inputs[:, left] * inputs[:, right],
        ]
    )
