"""The maths of the lifts: shares, ratios, shrinkage, calibration."""

import numpy as np
import pytest

from ml.reviews import profile


def test_feeling_shares_sum_to_one_and_silent_review_gets_the_mean() -> None:
    sums = np.array([[4.0, 0, 0, 0, 0], [0, 2.0, 0, 0, 0], [0, 0, 0, 0, 0]])
    shares = profile.feeling_shares(sums)
    np.testing.assert_allclose(shares.sum(axis=1), 1.0)
    np.testing.assert_allclose(shares[2], sums.mean(axis=0) / sums.mean(axis=0).sum())
    assert shares[0, 0] > 0.9


def test_ratio_to_same_rating_takes_the_rating_out() -> None:
    generator = np.random.default_rng(0)
    ratings = np.repeat([1.0, 10.0], 200)
    sad = np.where(ratings == 1.0, 0.6, 0.2) + generator.normal(0, 0.01, 400)
    shares = np.column_stack([1 - sad, sad])
    ratios = profile.ratio_to_same_rating(shares, ratings + generator.normal(0, 1e-6, 400))
    assert ratios[:200, 1].mean() == pytest.approx(1.0, abs=0.01)
    assert ratios[200:, 1].mean() == pytest.approx(1.0, abs=0.01)


def test_ratio_to_same_rating_is_capped() -> None:
    shares = np.full((1000, 2), [1.0, 0.0])
    shares[0] = [0.0, 1.0]
    assert profile.ratio_to_same_rating(shares + 1e-9, np.full(1000, 5.0)).max() == profile.HIGHEST_RATIO


def test_shrink_to_mean_few_reviews_are_drawn_further() -> None:
    generator = np.random.default_rng(1)
    counts = np.array([1, 100] * 50)
    true = generator.normal(1.0, 0.3, counts.size)
    owners = np.repeat(np.arange(counts.size), counts)
    values = (true[owners] + generator.normal(0, 1.0, owners.size))[:, None]
    shrunk = profile.shrink_to_mean(values, owners, counts.size)
    means, _ = profile.film_means(values, owners, counts.size)
    kept = np.abs(shrunk.values - values.mean()) / np.abs(means - values.mean())
    assert kept[counts == 1].max() < kept[counts == 100].min()
    # The true strength is 1.0² / 0.3² = 11.1; the estimate comes from a hundred films.
    assert 6 < shrunk.strength[0] < 20
    truth_error = np.abs(shrunk.values[:, 0] - true)[counts == 1].mean()
    assert truth_error < np.abs(means[:, 0] - true)[counts == 1].mean()


def test_shrink_to_mean_film_without_reviews_gets_the_mean() -> None:
    values = np.array([[1.0], [1.2], [3.0], [3.2]])
    shrunk = profile.shrink_to_mean(values, np.array([0, 0, 1, 1]), 3)
    assert shrunk.values[2, 0] == pytest.approx(values.mean())
    assert shrunk.values[0, 0] < shrunk.values[2, 0] < shrunk.values[1, 0]


def test_calibration_slope_recovers_the_factor() -> None:
    predicted = 1 + np.array([[0.1], [-0.05], [0.02]])
    observed = 1 + 3 * (predicted - 1)
    assert profile.calibration_slope(predicted, observed, np.array([1.0, 5.0, 2.0]))[0] == pytest.approx(3.0)


def test_calibration_slope_never_turns_a_lift_around() -> None:
    predicted, observed = np.array([[1.1], [0.9]]), np.array([[0.9], [1.1]])
    assert profile.calibration_slope(predicted, observed, np.ones(2))[0] == 0.0


def test_assign_folds_stable() -> None:
    folds = profile.assign_folds(["tt0000001", "tt0000002", "tt0000001"])
    assert folds[0] == folds[2]
    assert set(profile.assign_folds([f"tt{number}" for number in range(500)])) == set(range(profile.FOLDS))
