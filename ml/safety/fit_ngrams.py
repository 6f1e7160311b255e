"""Fitting the n-grams of the crisis model."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
from sklearn.linear_model import LogisticRegression

from ml.emotion.linear import count_matrix, fit_idf, quantize
from ml.safety.ngrams import FEATURES, CrisisNgrams, FloatArray
from ml.safety.pieces import BoolArray, IntArray, split_pieces, window_bounds
from ml.safety.rules import find_crisis
from ml.safety.settings import NgramSettings

# A looser one leaves fits with weights of unlike lengths, and one threshold serves them all.
_TOLERANCE = 1e-3
_INTERCEPT_SCALE = 3.0  # liblinear regularises the intercept, too; scaled, it hardly does


@dataclass(frozen=True, slots=True)
class NgramWindows:
    """Texts cut into windows.

    counts: (pieces, buckets) of hashed features; piece_owners: (pieces,), the text of each piece;
    firsts, lasts, owners, has_rule: (windows,), the pieces and the text of each window, and whether the rules find
    something in it.
    """

    counts: sp.csr_matrix
    piece_owners: IntArray
    firsts: IntArray
    lasts: IntArray
    owners: IntArray
    has_rule: BoolArray

    @property
    def membership(self) -> sp.csr_matrix:
        """(windows, pieces): 1 where a piece is in a window."""
        places = np.arange(len(self.firsts))
        is_pair = self.firsts < self.lasts
        rows = np.concatenate([places, places[is_pair]])
        columns = np.concatenate([self.firsts, self.lasts[is_pair]])
        return sp.csr_matrix((np.ones(len(rows)), (rows, columns)), shape=(len(places), len(self.piece_owners)))


def cut_ngram_windows(texts: Sequence[str]) -> NgramWindows:
    """Cut, hash, and ask the rules."""
    pieces: list[str] = []
    piece_owners, firsts, lasts, owners = [], [], [], []
    for owner, text in enumerate(texts):
        own = split_pieces(text)
        first, last = window_bounds(len(own))
        firsts.append(first + len(pieces))
        lasts.append(last + len(pieces))
        owners.append(np.full(len(first), owner))
        piece_owners.append(np.full(len(own), owner))
        pieces += own
    first, last = np.concatenate(firsts), np.concatenate(lasts)
    found = np.array([find_crisis(piece) for piece in pieces])
    return NgramWindows(
        count_matrix(pieces, FEATURES),
        np.concatenate(piece_owners),
        first,
        last,
        np.concatenate(owners),
        has_rule=found[first] | found[last],
    )


def fit_ngrams(
    windows: NgramWindows, is_crisis: BoolArray, is_used: BoolArray, settings: NgramSettings
) -> CrisisNgrams:
    """Fit on the texts used, (texts,) each.

    A text that speaks of a crisis has a window that does, but which is not known: after a first fit on all of them,
    each text's best and whatever scores above zero is kept, and the fit repeated (mi-SVM, Andrews et al. 2002, with a
    logistic regression). All windows of the other texts are negative. What the rules find is a feature, which is left
    out of the model: so the n-grams learn what the rules do not know.
    """
    used_pieces = is_used[windows.piece_owners]
    idf = fit_idf(windows.counts[used_pieces], settings.min_df, settings.idf_power)
    kept = np.flatnonzero(idf)
    features = _weigh(windows, idf, kept)
    used = is_used[windows.owners]
    labels = is_crisis[windows.owners]
    candidates, negatives = np.flatnonzero(used & labels), np.flatnonzero(used & ~labels)
    regression = LogisticRegression(
        C=settings.inverse_regularization, solver="liblinear", tol=_TOLERANCE, intercept_scaling=_INTERCEPT_SCALE
    )
    positives = candidates
    for _ in range(settings.rounds):
        rows = np.concatenate([positives, negatives])
        regression.fit(features[rows], labels[rows])
        scores = features[candidates] @ regression.coef_[0] + regression.intercept_[0]
        positives = candidates[_is_telling(scores, windows.owners[candidates])]
    return _quantized(regression, idf, kept)


def score_texts(model: CrisisNgrams, windows: NgramWindows) -> FloatArray:
    """The highest log-odds of any window of each text, (texts,), as `CrisisNgrams.log_odds` gives them."""
    values = windows.counts.astype(np.float64)
    values.data = (1 + np.log(values.data)) * model.idf[values.indices]
    sums = values @ model.weights.astype(np.float64)
    squares = np.asarray(values.multiply(values).sum(axis=1)).ravel()
    scores = model.score_windows(sums, squares, windows.firsts, windows.lasts)
    best = np.full(int(windows.owners.max()) + 1, -np.inf)
    np.maximum.at(best, windows.owners, scores)
    return best


def _weigh(windows: NgramWindows, idf: npt.NDArray[np.uint8], kept: IntArray) -> sp.csr_matrix:
    """The windows' features: tf-idf of length 1, and what the rules find in the last column."""
    values = windows.counts.astype(np.float64)
    values.data = (1 + np.log(values.data)) * idf[values.indices]
    squares = windows.membership @ np.asarray(values.multiply(values).sum(axis=1)).ravel()
    summed = sp.diags(1 / np.sqrt(np.maximum(squares, 1e-12))) @ (windows.membership @ values[:, kept])
    return sp.hstack([summed, sp.csr_matrix(windows.has_rule[:, None].astype(np.float64))]).tocsr()


def _is_telling(scores: FloatArray, owners: IntArray) -> BoolArray:
    """The windows that score above zero, and the best of each text."""
    best = np.full(int(owners.max()) + 1, -np.inf)
    np.maximum.at(best, owners, scores)
    return np.asarray((scores > 0) | (scores == best[owners]))


def _quantized(regression: LogisticRegression, idf: npt.NDArray[np.uint8], kept: IntArray) -> CrisisNgrams:
    weights, scale = quantize(regression.coef_[0, :-1, None])
    table = np.zeros(len(idf), dtype=np.int8)
    table[kept] = weights[:, 0]
    return CrisisNgrams(
        weights=table,
        idf=idf,
        scale=float(scale[0]),
        bias=float(regression.intercept_[0]),
    )
