"""Where each track stands for each mood within its catalogue. numpy only: the site runs it when it loads tracks."""

import numpy as np
from numpy.typing import NDArray

from ml.labels import Mood

# How much of a rank the classifier decides; valence and arousal, the two axes of the circumplex of affect
# (Russell 1980), decide the rest. The classifier alone takes quiet pop for Sad: its Calm is ambient music.
CLASSIFIER_SHARE = 0.4
# Arousal is energy and, for the rest, the lack of acoustic sound: sparse electronic tracks have little energy by
# Spotify's measure and calm nobody.
ENERGY_SHARE = 0.7

# The corner of the (valence, arousal) plane that each mood stands in: +1 high, -1 low, and how much each axis counts.
_CORNERS: dict[Mood, tuple[float, float]] = {
    Mood.HAPPY: (1.0, 0.35),
    Mood.SAD: (-1.0, -0.35),
    Mood.CALM: (0.0, -1.0),
    Mood.ENERGETIC: (-0.1, 1.0),
}
# Calm is no corner of valence: it fades with the distance from somewhat above the middle, towards grief and fun alike.
_CALM_VALENCE = 0.1


def quantile_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace each column's values [n, k] by their quantiles in 0…1 within the column; equal values stay equal.

    The quantile is the mid-rank divided by n, so that one track alone stands at 0.5.
    """
    ordered = np.sort(values, axis=0)
    ranks = np.empty(values.shape)
    for column in range(values.shape[1]):
        below = np.searchsorted(ordered[:, column], values[:, column], side="left")
        up_to = np.searchsorted(ordered[:, column], values[:, column], side="right")
        ranks[:, column] = (below + up_to) / (2 * len(values))
    return ranks


def rank_within_catalogue(
    probabilities: NDArray[np.float64],
    *,
    valence: NDArray[np.float64],
    energy: NDArray[np.float64],
    acousticness: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Rank n tracks for each mood relative to all of them: [n, 4] in 0…1, 1 being the strongest of the catalogue.

    Takes the classifier's probabilities [n, 4] in Mood's order, and three of Spotify's features [n] in 0…1.
    Every mood's ranks are spread evenly, so each mood is the highest for about a quarter of the tracks.
    """
    places = quantile_ranks(np.column_stack([valence, energy, acousticness]))
    arousal = quantile_ranks(ENERGY_SHARE * places[:, [1]] + (1 - ENERGY_SHARE) * (1 - places[:, [2]]))
    axes = np.column_stack([places[:, 0], arousal]) - 0.5
    fit = axes @ np.array([_CORNERS[mood] for mood in Mood]).T
    fit[:, list(Mood).index(Mood.CALM)] -= np.abs(axes[:, 0] - _CALM_VALENCE)
    blend = CLASSIFIER_SHARE * quantile_ranks(probabilities) + (1 - CLASSIFIER_SHARE) * quantile_ranks(fit)
    return quantile_ranks(blend)
