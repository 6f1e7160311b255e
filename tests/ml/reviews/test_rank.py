"""The weight of a film for a feeling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.reviews.rank import movie_weight

lifts = st.floats(min_value=0.0, max_value=5.0)
counts = st.integers(min_value=0, max_value=500)


@given(lift=lifts, reviews=counts, has_korean_title=st.booleans())
def test_movie_weight_between_zero_and_one(lift: float, reviews: int, has_korean_title: bool) -> None:
    assert 0.0 <= movie_weight(lift, reviews, has_korean_title) < 1.0


@given(lift=lifts, more=st.floats(min_value=0.0, max_value=2.0), reviews=counts)
def test_movie_weight_grows_with_lift(lift: float, more: float, reviews: int) -> None:
    assert movie_weight(lift + more, reviews, True) >= movie_weight(lift, reviews, True)


@pytest.mark.parametrize("lift", [0.0, 0.7, 1.0])
def test_movie_weight_nothing_above_the_mean(lift: float) -> None:
    assert movie_weight(lift, 30, True) == 0.0


def test_movie_weight_known_before_unknown() -> None:
    assert movie_weight(1.3, 30, True) > movie_weight(1.3, 2, True)
    assert movie_weight(1.3, 30, True) > movie_weight(1.3, 30, False)
    assert movie_weight(1.3, 1000, True) == movie_weight(1.3, 30, True)


def test_movie_weight_plot_of_a_korean_film_stands_beside_reviewed_ones() -> None:
    assert movie_weight(1.2, 0, True) > movie_weight(1.2, 3, True)
    assert movie_weight(1.05, 0, True) < movie_weight(1.3, 3, True)
