"""How two readings become one, by hand."""

import numpy as np
import pytest

from ml.emotion.mixing import Mixture, mix
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
