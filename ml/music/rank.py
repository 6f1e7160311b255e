"""Where each track stands for each mood within its catalogue. numpy only: the site runs it when it loads tracks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.labels import Mood

# How much of a rank the classifier decides; valence and energy, the two axes of the circumplex of affect
# (Russell 1980), decide the rest. The classifier alone takes quiet pop for Sad: its Calm is ambient music.
CLASSIFIER_SHARE = 0.4

# The corner of the (valence, energy) plane that each mood stands in: +1 high, -1 low, and how much each axis counts.
_CORNERS: dict[Mood, tuple[float, float]] = {
    Mood.HAPPY: (1.0, 0.35),
    Mood.SAD: (-1.0, -0.35),
    Mood.CALM: (0.5, -1.0),
    Mood.ENERGETIC: (-0.1, 1.0),
}


@dataclass(frozen=True, slots=True)
class MoodRanks:
    """How the values of a catalogue, or of a sample of it, are spread: enough to rank any track within it.

    Each array holds sorted columns, one row a track of the catalogue.
    """

    probabilities: NDArray[np.float64]  # [n, 4] in Mood's order
    axes: NDArray[np.float64]  # [n, 2]: valence and energy
    corners: NDArray[np.float64]  # [n, 4]
    blends: NDArray[np.float64]  # [n, 4]

    @classmethod
    def of(cls, probabilities: NDArray[np.float64], valence: NDArray[np.float64], energy: NDArray[np.float64]) -> Self:
        """The spread of n ≥ 1 tracks; see `rank` for the arguments."""
        axes = np.column_stack([valence, energy])
        ordered_axes, ordered_probabilities = np.sort(axes, axis=0), np.sort(probabilities, axis=0)
        corners = _corners(axes, ordered_axes)
        ordered_corners = np.sort(corners, axis=0)
        blends = _blends(probabilities, corners, ordered_probabilities, ordered_corners)
        return cls(ordered_probabilities, ordered_axes, ordered_corners, np.sort(blends, axis=0))

    def rank(
        self, probabilities: NDArray[np.float64], valence: NDArray[np.float64], energy: NDArray[np.float64]
    ) -> NDArray[np.float64]:
        """Where m tracks would stand in the catalogue for each mood: [m, 4] in 0…1, 1 being before all others.

        Takes the classifier's probabilities [m, 4] in Mood's order, and Spotify's valence and energy [m] in 0…1.
        """
        corners = _corners(np.column_stack([valence, energy]), self.axes)
        return quantiles_within(self.blends, _blends(probabilities, corners, self.probabilities, self.corners))


def quantiles_within(ordered: NDArray[np.float64], values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace values [m, k] by their quantiles in 0…1 within the sorted columns of `ordered` [n, k].

    The quantile is the mid-rank divided by n, so that one value alone stands at 0.5 within itself.
    """
    ranks = np.empty(values.shape)
    for column in range(values.shape[1]):
        below = np.searchsorted(ordered[:, column], values[:, column], side="left")
        up_to = np.searchsorted(ordered[:, column], values[:, column], side="right")
        ranks[:, column] = (below + up_to) / (2 * len(ordered))
    return ranks


def quantile_ranks(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Replace each column's values [n, k] by their quantiles in 0…1 within the column; equal values stay equal."""
    return quantiles_within(np.sort(values, axis=0), values)


def _corners(axes: NDArray[np.float64], ordered: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.array([_CORNERS[mood] for mood in Mood])
    return _rounded((quantiles_within(ordered, axes) - 0.5) @ weights.T)


def _blends(
    probabilities: NDArray[np.float64],
    corners: NDArray[np.float64],
    ordered_probabilities: NDArray[np.float64],
    ordered_corners: NDArray[np.float64],
) -> NDArray[np.float64]:
    of_classifier = quantiles_within(ordered_probabilities, probabilities)
    of_corners = quantiles_within(ordered_corners, corners)
    return _rounded(CLASSIFIER_SHARE * of_classifier + (1 - CLASSIFIER_SHARE) * of_corners)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nine digits: the last bits of a product depend on how many tracks it was computed for, and would break ties."""
    return np.round(values, 9)
