"""The weight of a film for a feeling."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.labels import Emotion
from ml.reviews.rank import HARSH_FROM, lift_put_forward, movie_weight

lifts = st.floats(min_value=0.0, max_value=5.0)
counts = st.integers(min_value=0, max_value=500)
ratings = st.none() | st.floats(min_value=1.0, max_value=10.0)


def weight(lift: float, reviews: int = 30, rating: float | None = 6.0, *, has_korean_title: bool = True) -> float:
    return movie_weight(lift, reviews=reviews, rating=rating, has_korean_title=has_korean_title)


@given(lift=lifts, reviews=counts, rating=ratings, has_korean_title=st.booleans())
def test_movie_weight_between_zero_and_one(
    lift: float, reviews: int, rating: float | None, has_korean_title: bool
) -> None:
    assert 0.0 <= weight(lift, reviews, rating, has_korean_title=has_korean_title) < 1.0


@given(lift=lifts, more=st.floats(min_value=0.0, max_value=2.0), reviews=counts)
def test_movie_weight_grows_with_lift(lift: float, more: float, reviews: int) -> None:
    assert weight(lift + more, reviews) >= weight(lift, reviews)


@pytest.mark.parametrize("lift", [0.0, 0.7, 1.0])
def test_movie_weight_nothing_above_the_mean(lift: float) -> None:
    assert weight(lift) == 0.0


def test_movie_weight_known_before_unknown() -> None:
    assert weight(1.3, 30) > weight(1.3, 2)
    assert weight(1.3, 30) > weight(1.3, 30, has_korean_title=False)
    assert weight(1.3, 1000) == weight(1.3, 30)


def test_movie_weight_well_rated_before_badly_rated() -> None:
    assert weight(1.3, rating=8.0) > weight(1.3, rating=3.0)
    assert weight(1.3, rating=8.0) > weight(1.3, rating=None) > weight(1.3, rating=3.0)


def test_movie_weight_plot_of_a_korean_film_stands_beside_reviewed_ones() -> None:
    assert weight(1.2, 0, rating=None) > weight(1.2, 3)
    assert weight(1.05, 0, rating=None) < weight(1.3, 3)


@pytest.mark.parametrize(
    ("own", "harsher", "expected"),
    [(1.3, 2.1, 1.0), (1.3, HARSH_FROM, 1.0), (1.2, 1.35, 1.2), (1.9, 1.8, 1.9), (0.8, 0.2, 0.8)],
)
def test_lift_put_forward_none_where_a_harsher_feeling_is_stronger(
    own: float, harsher: float, expected: float
) -> None:
    assert lift_put_forward(Emotion.JOY, {Emotion.JOY: own, Emotion.ANXIETY: harsher}) == expected
    assert lift_put_forward(Emotion.SADNESS, {Emotion.SADNESS: own, Emotion.ANGER: harsher}) == expected
    assert lift_put_forward(Emotion.ANGER, {Emotion.ANGER: own, Emotion.SADNESS: harsher}) == own
    assert lift_put_forward(Emotion.ANXIETY, {Emotion.ANXIETY: own, Emotion.ANGER: harsher}) == own
