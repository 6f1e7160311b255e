"""Where each track stands for each mood within its catalogue. numpy only: the site runs it when it loads tracks."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from ml.labels import Mood

# The features that a rank looks at besides the classifier's probabilities, all of Spotify's, in 0…1.
AXES: tuple[str, ...] = ("valence", "energy", "acousticness")

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


@dataclass(frozen=True, slots=True)
class MoodRanks:
    """How the values of a catalogue, or of a sample of it, are spread: enough to rank any track within it.

    Each array holds sorted columns, one row a track of the catalogue.
    """

    probabilities: NDArray[np.float64]  # [n, 4] in Mood's order
    features: NDArray[np.float64]  # [n, 3] in AXES' order
    arousal: NDArray[np.float64]  # [n, 1]
    fits: NDArray[np.float64]  # [n, 4]
    blends: NDArray[np.float64]  # [n, 4]

    @classmethod
    def of(cls, probabilities: NDArray[np.float64], features: NDArray[np.float64]) -> Self:
        """The spread of n ≥ 1 tracks; see `rank` for the arguments."""
        ordered_probabilities, ordered_features = np.sort(probabilities, axis=0), np.sort(features, axis=0)
        places = quantiles_within(ordered_features, features)
        arousal = _arousal(places)
        ordered_arousal = np.sort(arousal, axis=0)
        fits = _fits(places, quantiles_within(ordered_arousal, arousal))
        ordered_fits = np.sort(fits, axis=0)
        blends = _blends(quantiles_within(ordered_probabilities, probabilities), quantiles_within(ordered_fits, fits))
        return cls(ordered_probabilities, ordered_features, ordered_arousal, ordered_fits, np.sort(blends, axis=0))

    def rank(self, probabilities: NDArray[np.float64], features: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where m tracks would stand in the catalogue for each mood: [m, 4] in 0…1, 1 being before all others.

        Takes the classifier's probabilities [m, 4] in Mood's order, and features [m, 3] in AXES' order. The ranks of
        the catalogue's own tracks are spread evenly, so each mood is the highest for about a quarter of them.
        """
        places = quantiles_within(self.features, features)
        fits = _fits(places, quantiles_within(self.arousal, _arousal(places)))
        blends = _blends(quantiles_within(self.probabilities, probabilities), quantiles_within(self.fits, fits))
        return quantiles_within(self.blends, blends)


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


def _arousal(places: NDArray[np.float64]) -> NDArray[np.float64]:
    """Arousal [m, 1] of quantiles [m, 3] in AXES' order."""
    energy, acousticness = places[:, [AXES.index("energy")]], places[:, [AXES.index("acousticness")]]
    return _rounded(ENERGY_SHARE * energy + (1 - ENERGY_SHARE) * (1 - acousticness))


def _fits(places: NDArray[np.float64], arousal: NDArray[np.float64]) -> NDArray[np.float64]:
    """How near m tracks stand to each mood's corner, [m, 4]: from quantiles [m, 3] and those of arousal [m, 1]."""
    plane = np.column_stack([places[:, AXES.index("valence")], arousal]) - 0.5
    fits = plane @ np.array([_CORNERS[mood] for mood in Mood]).T
    fits[:, list(Mood).index(Mood.CALM)] -= np.abs(plane[:, 0] - _CALM_VALENCE)
    return _rounded(fits)


def _blends(of_classifier: NDArray[np.float64], of_fits: NDArray[np.float64]) -> NDArray[np.float64]:
    return _rounded(CLASSIFIER_SHARE * of_classifier + (1 - CLASSIFIER_SHARE) * of_fits)


def _rounded(values: NDArray[np.float64]) -> NDArray[np.float64]:
    """Nine digits: the last bits of a product depend on how many tracks it was computed for, and would break ties."""
    return np.round(values, 9)
