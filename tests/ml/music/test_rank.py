"""The ranks of tracks within their catalogue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Mood
from ml.music.rank import AXES, MoodRanks, quantiles_within

MOODS = list(Mood)
# One track for each mood, in Mood's order.
CORNERS = {
    "valence": [0.99, 0.01, 0.55, 0.45],
    "energy": [0.85, 0.3, 0.01, 0.999],
    "acousticness": [0.2, 0.8, 0.99, 0.0],
}


Axes = dict[str, np.ndarray]


def catalogue(tracks: int, seed: int = 0) -> tuple[np.ndarray, Axes]:
    """Probabilities and features of a catalogue that lacks Calm by argmax, as Korean music does."""
    generator = np.random.default_rng(seed)
    valence, energy = generator.beta(2, 2, tracks), generator.beta(4, 2, tracks)
    logits = np.column_stack([3 * valence + energy, 2 - 3 * valence, -1 - 3 * energy, 4 * energy])
    odds = np.exp(logits + generator.normal(0, 0.5, logits.shape))
    acousticness = np.clip(1 - energy + generator.normal(0, 0.1, tracks), 0, 1)
    axes = {"valence": valence, "energy": energy, "acousticness": acousticness}
    return odds / odds.sum(axis=1, keepdims=True), axes


def ranks_among_themselves(probabilities: np.ndarray, axes: Axes) -> np.ndarray:
    features = np.column_stack([axes[name] for name in AXES])
    return MoodRanks.of(probabilities, features).rank(probabilities, features)


def test_rank_each_mood_present_where_argmax_finds_no_calm() -> None:
    probabilities, axes = catalogue(4000)
    assert (probabilities.argmax(axis=1) == MOODS.index(Mood.CALM)).mean() < 0.01
    ranks = ranks_among_themselves(probabilities, axes)
    counts = np.bincount(ranks.argmax(axis=1), minlength=4)
    assert counts.min() > 0.1 * len(ranks)
    assert ranks.min() >= 0
    assert ranks.max() <= 1


@pytest.mark.parametrize("mood", MOODS)
def test_rank_monotone_in_probability(mood: Mood) -> None:
    probabilities, axes = catalogue(200)
    column = MOODS.index(mood)
    before = ranks_among_themselves(probabilities, axes)[17, column]
    probabilities[17, column] = 1.0
    assert ranks_among_themselves(probabilities, axes)[17, column] > before


def test_rank_corners_of_valence_and_energy() -> None:
    probabilities, axes = catalogue(400)
    probabilities[:4] = 0.25
    for name, values in CORNERS.items():
        axes[name][:4] = values
    ranks = ranks_among_themselves(probabilities, axes)
    assert [MOODS[column] for column in ranks[:4].argmax(axis=1)] == [
        Mood.HAPPY,
        Mood.SAD,
        Mood.CALM,
        Mood.ENERGETIC,
    ]


@pytest.mark.parametrize(("name", "value"), [("acousticness", 0.0), ("valence", 0.02), ("valence", 0.98)])
def test_rank_calm_is_acoustic_and_neither_grief_nor_fun(name: str, value: float) -> None:
    probabilities, axes = catalogue(400)
    probabilities[:] = 0.25
    column = MOODS.index(Mood.CALM)
    for axis, at in {"valence": 0.55, "energy": 0.2, "acousticness": 0.9}.items():
        axes[axis][0] = at
    before = ranks_among_themselves(probabilities, axes)[0, column]
    axes[name][0] = value
    assert ranks_among_themselves(probabilities, axes)[0, column] < before


def test_rank_does_not_depend_on_the_order_of_tracks() -> None:
    probabilities, axes = catalogue(100)
    order = np.random.default_rng(3).permutation(100)
    ranks = ranks_among_themselves(probabilities, axes)
    np.testing.assert_allclose(
        ranks_among_themselves(probabilities[order], {name: values[order] for name, values in axes.items()}),
        ranks[order],
    )


def test_rank_one_track_stands_in_the_middle() -> None:
    axes = {"valence": np.array([0.9]), "energy": np.array([0.9]), "acousticness": np.array([0.1])}
    ranks = ranks_among_themselves(np.array([[0.7, 0.1, 0.1, 0.1]]), axes)
    np.testing.assert_allclose(ranks, 0.5)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_quantiles_keep_order_and_ties(values: list[float]) -> None:
    column = np.array(values)[:, None]
    ranks = quantiles_within(np.sort(column, axis=0), column)
    assert ranks.mean() == pytest.approx(0.5)
    differences, steps = np.subtract.outer(column[:, 0], column[:, 0]), np.subtract.outer(ranks[:, 0], ranks[:, 0])
    np.testing.assert_array_equal(np.sign(differences), np.sign(np.round(steps, 12)))
