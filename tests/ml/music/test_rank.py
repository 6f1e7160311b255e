"""The ranks of tracks within their catalogue."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Mood
from ml.music.rank import MoodRanks, quantile_ranks

MOODS = list(Mood)


def catalogue(tracks: int, seed: int = 0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A catalogue that lacks Calm by argmax, as Korean music does."""
    generator = np.random.default_rng(seed)
    valence, energy = generator.beta(2, 2, tracks), generator.beta(4, 2, tracks)
    logits = np.column_stack([3 * valence + energy, 2 - 3 * valence, -1 - 3 * energy, 4 * energy])
    odds = np.exp(logits + generator.normal(0, 0.5, logits.shape))
    return odds / odds.sum(axis=1, keepdims=True), valence, energy


def ranks_among_themselves(probabilities: np.ndarray, valence: np.ndarray, energy: np.ndarray) -> np.ndarray:
    return MoodRanks.of(probabilities, valence, energy).rank(probabilities, valence, energy)


def test_rank_each_mood_present_where_argmax_finds_no_calm() -> None:
    probabilities, valence, energy = catalogue(4000)
    assert (probabilities.argmax(axis=1) == MOODS.index(Mood.CALM)).mean() < 0.01
    ranks = ranks_among_themselves(probabilities, valence, energy)
    counts = np.bincount(ranks.argmax(axis=1), minlength=4)
    assert counts.min() > 0.1 * len(ranks)
    assert ranks.min() >= 0
    assert ranks.max() <= 1


@pytest.mark.parametrize("mood", MOODS)
def test_rank_monotone_in_probability(mood: Mood) -> None:
    probabilities, valence, energy = catalogue(200)
    column = MOODS.index(mood)
    before = ranks_among_themselves(probabilities, valence, energy)[17, column]
    probabilities[17, column] = 1.0
    assert ranks_among_themselves(probabilities, valence, energy)[17, column] > before


def test_rank_corners_of_valence_and_energy() -> None:
    probabilities, valence, energy = catalogue(400)
    probabilities[:4] = 0.25
    valence[:4], energy[:4] = [0.99, 0.01, 0.6, 0.45], [0.85, 0.3, 0.01, 0.999]
    ranks = ranks_among_themselves(probabilities, valence, energy)
    assert [MOODS[column] for column in ranks[:4].argmax(axis=1)] == [
        Mood.HAPPY,
        Mood.SAD,
        Mood.CALM,
        Mood.ENERGETIC,
    ]


def test_rank_does_not_depend_on_the_order_of_tracks() -> None:
    probabilities, valence, energy = catalogue(100)
    order = np.random.default_rng(3).permutation(100)
    ranks = ranks_among_themselves(probabilities, valence, energy)
    np.testing.assert_allclose(
        ranks_among_themselves(probabilities[order], valence[order], energy[order]), ranks[order]
    )


def test_rank_one_track_stands_in_the_middle() -> None:
    ranks = ranks_among_themselves(np.array([[0.7, 0.1, 0.1, 0.1]]), np.array([0.9]), np.array([0.9]))
    np.testing.assert_allclose(ranks, 0.5)


@given(st.lists(st.floats(-10, 10), min_size=1, max_size=30))
def test_quantile_ranks_keep_order_and_ties(values: list[float]) -> None:
    column = np.array(values)[:, None]
    ranks = quantile_ranks(column)
    assert ranks.mean() == pytest.approx(0.5)
    differences, steps = np.subtract.outer(column[:, 0], column[:, 0]), np.subtract.outer(ranks[:, 0], ranks[:, 0])
    np.testing.assert_array_equal(np.sign(differences), np.sign(np.round(steps, 12)))
