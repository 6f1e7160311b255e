"""The maths from scored review sentences to a film's lift: shares, rating, words, shrinkage, calibration.

Reviews judge before they tell: a bad film makes sad and angry reviews. And most name the feeling of a film by what
happens in it ("ghost", "funeral"), not by what they feel. So a review's shares are taken relative to reviews of the
same rating, and its words learn to predict them: they then say what few sentences about feelings could not.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import Ridge

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
WordMatrix = Any  # scipy.sparse.csr_matrix [r, V], which has no type stubs

RATING_STRATA = 20
FOLDS = 5
# A review without any feeling gets this many of an average review's, so that its shares are the mean's.
SHARE_SMOOTHING = 0.05
# One review can't say more than this about its film: a single emotional sentence would be a share of 100 %.
HIGHEST_RATIO = 5.0


@dataclass(frozen=True, slots=True)
class Shrinkage:
    """`values` [f, k] drawn to the mean; `strength` [k], the reviews at which half of a film's value is its own."""

    values: Floats
    strength: Floats


def feeling_shares(sums: Floats) -> Floats:
    """Shares [r, 5], rows summing to 1, from the summed feelings [r, 5] per sentence of r reviews.

    Additive smoothing: SHARE_SMOOTHING times the mean row is added first.
    """
    smoothed = sums + SHARE_SMOOTHING * sums.mean(axis=0)
    return np.asarray(smoothed / smoothed.sum(axis=1, keepdims=True))


def predict_ratings(words: WordMatrix, ratings: Floats, *, penalty: float) -> Floats:
    """What each of r reviews thinks of its film, 1-10, by its words [r, V]; `ratings` [r] is NaN where unknown."""
    known = ~np.isnan(ratings)
    model = _fit_ridge(words[np.flatnonzero(known)], ratings[known, None], penalty)
    return np.asarray(model.predict(words), dtype=np.float64).reshape(-1)


def ratio_to_same_rating(shares: Floats, ratings: Floats) -> Floats:
    """Divide shares [r, 5] by the mean share of the reviews with the same rating (RATING_STRATA quantiles of [r]).

    This is indirect standardisation, as in epidemiology; 1.0 is what a review of that rating usually has.
    """
    edges = np.quantile(ratings, np.arange(1, RATING_STRATA) / RATING_STRATA)
    stratum = np.searchsorted(edges, ratings, side="right")
    expected = np.empty_like(shares)
    for index in range(RATING_STRATA):
        members = stratum == index
        if members.any():
            expected[members] = shares[members].mean(axis=0)
    return np.asarray(np.minimum(shares / expected, HIGHEST_RATIO))


def predict_held_out(words: WordMatrix, ratios: Floats, folds: Indices, *, penalty: float) -> Floats:
    """Ratios [r, 5] as the words [r, V] tell them, each review by weights that never saw its film (folds [r])."""
    predicted = np.empty_like(ratios)
    for fold in np.unique(folds):
        inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
        model = _fit_ridge(words[outside], ratios[outside], penalty)
        predicted[inside] = model.predict(words[inside])
    return predicted


def predict_plots(words: WordMatrix, ratios: Floats, plot_words: WordMatrix, *, penalty: float) -> Floats:
    """Ratios [p, 5] of p plots by the words that r reviews taught.

    Centred on 1, since plots speak another register than reviews.
    """
    predicted = np.asarray(_fit_ridge(words, ratios, penalty).predict(plot_words), dtype=np.float64)
    return np.asarray(predicted - predicted.mean(axis=0) + 1.0)


def assign_folds(keys: Sequence[str]) -> Indices:
    """A fold 0 … FOLDS - 1 for each key, the same in every run."""
    return np.array([zlib.crc32(key.encode()) % FOLDS for key in keys], dtype=np.intp)


def film_means(values: Floats, owners: Indices, films: int) -> tuple[Floats, Floats]:
    """Means [f, k] of review values [r, k] by owning film [r], and the number of reviews [f]; no reviews give 0."""
    counts = np.bincount(owners, minlength=films).astype(np.float64)
    sums = np.column_stack([np.bincount(owners, column, minlength=films) for column in values.T])
    return sums / np.maximum(counts, 1.0)[:, None], counts


def shrink_to_mean(values: Floats, owners: Indices, films: int) -> Shrinkage:
    """Empirical Bayes means [f, k] of review values [r, k]: (n · film's mean + m · mean) / (n + m).

    m = variance within films / variance between films, by the method of moments for one-way random effects
    (Efron and Morris 1975; Searle et al. 1992). Where films do not differ, every film gets the mean.
    """
    means, counts = film_means(values, owners, films)
    total, reviewed = counts.sum(), np.count_nonzero(counts)
    overall = values.mean(axis=0)
    within = ((values - means[owners]) ** 2).sum(axis=0) / max(total - reviewed, 1.0)
    spread = (counts[:, None] * (means - overall) ** 2).sum(axis=0) / max(reviewed - 1.0, 1.0)
    effective = (total - (counts**2).sum() / total) / max(reviewed - 1.0, 1.0)
    between = np.maximum((spread - within) / max(effective, 1e-12), 1e-12)
    strength = np.maximum(within / between, 1e-12)
    own = counts[:, None] / (counts[:, None] + strength)
    return Shrinkage(own * means + (1.0 - own) * overall, strength)


def calibration_slope(predicted: Floats, observed: Floats, counts: Floats) -> Floats:
    """Slopes [5] that make predicted - 1 [f, 5] as large as observed - 1 [f, 5] is, films weighed by reviews [f].

    Ridge weights are drawn to zero, so what they predict is too close to the mean (Copas 1983); the predictions are of
    films that the weights never saw, so the slope is honest.
    """
    weighted = counts[:, None] * (predicted - 1.0)
    energy = (weighted * (predicted - 1.0)).sum(axis=0)
    slope = (weighted * (observed - 1.0)).sum(axis=0) / np.maximum(energy, 1e-12)
    return np.asarray(np.maximum(slope, 0.0))


def _fit_ridge(words: WordMatrix, targets: Floats, penalty: float) -> Ridge:
    return Ridge(alpha=penalty, solver="sparse_cg", tol=1e-6).fit(words, targets)
