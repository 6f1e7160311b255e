"""How two readings become one, by hand."""

import numpy as np
import pytest

from ml.emotion.mixed import choose_offsets
from ml.emotion.mixing import Mixture, average, mix
from ml.emotion.units import split_units


def test_mix_is_the_weighted_mean_of_whole_texts_and_leaves_sentences_alone() -> None:
    units = split_units(["하나다. 둘이다.", "셋이다."])
    assert (units.whole, units.sentences) == ([0, 3], [[1, 2], [3]])
    words = np.arange(4.0)[:, None] * np.ones(6)
    meanings = np.array([[10.0], [20.0]]) * np.ones(6)
    shares = np.array([1.0, 1.0, 1.0, 0.0])  # the first text is a diary, the second none
    mixed = mix(words, shares, meanings, units.whole, Mixture(diary=1.0, other=3.0))
    assert mixed[:, 0].tolist() == pytest.approx([(0 + 10) / 2, 1, 2, (3 + 3 * 20) / 4])
    assert words[0, 0] == 0  # the input stays as it is


def test_readings_count_alike_or_as_their_shares_say() -> None:
    sure, unsure = np.log([[0.8, 0.2]]), np.log([[0.5, 0.5]])
    assert np.exp(average([sure, unsure])) == pytest.approx(np.array([[2 / 3, 1 / 3]]))  # the root of 4 to 1
    assert np.exp(average([sure, unsure], (0.25, 0.75))) == pytest.approx(
        np.array([[1, 0.25**0.25]]) / (1 + 0.25**0.25)
    )
    assert np.exp(average([sure])) == pytest.approx(np.array([[0.8, 0.2]]))


def test_offsets_are_added_to_whole_texts_that_are_no_diaries() -> None:
    units = split_units(["하나다. 둘이다.", "셋이다."])
    words, meanings = np.zeros((4, 6)), np.zeros((2, 6))
    shares = np.array([1.0, 0.0, 0.0, 0.25])
    offsets = (0.0, 1.0, 2.0, 3.0, 4.0, -4.0)
    mixed = mix(words, shares, meanings, units.whole, Mixture(1.0, 1.0, offsets))
    assert not mixed[:3].any()
    assert mixed[3].tolist() == pytest.approx([0.75 * offset for offset in offsets])


def test_offsets_make_an_emotion_as_frequent_as_it_is() -> None:
    """The scores say each of two emotions half of the time; three quarters of the other texts are the first."""
    rng = np.random.default_rng(0)
    count = 4000
    labels = (rng.random(count) < 0.25).astype(np.int64)
    scores = np.full((count, 6), -20.0)
    scores[:, :2] = 0
    scores[np.arange(count), labels] += rng.normal(1, 1, count)
    offsets = choose_offsets(scores, np.zeros(count), labels)
    predicted = (scores + np.array(offsets)).argmax(axis=1)
    assert offsets[0] > offsets[1]
    assert (predicted == labels).mean() > (scores.argmax(axis=1) == labels).mean()
    assert not any(choose_offsets(scores, np.ones(count), labels))  # diaries are left as they are
