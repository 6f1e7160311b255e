"""The linear n-gram model: fitting, quantisation, and its scores in numpy."""

import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp  # type: ignore[import-untyped]
from scipy.linalg import block_diag, helmert  # type: ignore[import-untyped]
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression

from ml.emotion.features import FeatureSettings, HashedBatch, hash_batch
from ml.emotion.units import FloatArray
from ml.labels import Emotion

_HASH_CHUNK = 512
TINY = 1e-6
EMOTIONS = len(Emotion)
# A softmax does not see what all six weights of a feature share, so five numbers hold the rest, in an orthonormal
# basis of the vectors that sum to zero. EXPANSION, (11, 13), makes six of each five: of a shared model, of a contrast.
EXPANSION = block_diag(helmert(EMOTIONS), helmert(EMOTIONS), 1).astype(np.float32)
# A style score that means "diary" for certain: the style of a model that has seen nothing else.
_CERTAIN = 20.0


@dataclass(frozen=True, slots=True)
class FitSettings:
    """What shapes the fit. Each value was chosen on the validation split."""

    min_df: int = 2  # a bucket seen in fewer training texts is ignored
    idf_power: float = 1.5
    inverse_regularization: float = 30.0
    contrast: float = 0.577  # 0: one model for all sources; the larger, the freer the two styles
    style_inverse_regularization: float = 30.0
    # Added to the log-odds of the style: short plain entries look like comments, yet the site is for diaries.
    diary_prior: float = 2.0
    iterations: int = 60  # of L-BFGS, short of convergence: early stopping keeps the diaries from being overfitted


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Quantised tf-idf logistic regressions over hashed features: one shared by all styles, one for their contrast.

    The scores of a text: 6 of the shared model, 6 of the contrast, 1 of the style. weights: int8 (buckets, 11), to be
    multiplied by scale, float32 (11,), and by EXPANSION; bias: float32 (13,);
    idf: uint8 (buckets,), zero for a bucket that training did not see often enough; its unit does not matter, because
    rows are scaled to length 1.
    """

    weights: npt.NDArray[np.int8]
    scale: npt.NDArray[np.float32]
    bias: npt.NDArray[np.float32]
    idf: npt.NDArray[np.uint8]

    def score(self, batch: HashedBatch, row_count: int) -> tuple[FloatArray, FloatArray]:
        """Return logits (row_count, 6) and diary shares (row_count,): the reference that the ONNX graph agrees with.

        The diary share, in 0..1, says how much a text is written like the diaries that the model was trained on.
        """
        weight = (1 + np.log(batch.counts)) * self.idf[batch.buckets].astype(np.float32)
        norm = np.sqrt(np.bincount(batch.rows, weight**2, minlength=row_count))
        products = self.weights[batch.buckets].astype(np.float32) * weight[:, None]
        sums = np.zeros((row_count, len(self.scale)))
        np.add.at(sums, batch.rows, products)
        scores = (sums * self.scale / np.maximum(norm, TINY)[:, None]) @ EXPANSION + self.bias
        shared, contrast, style = np.split(scores, [EMOTIONS, 2 * EMOTIONS], axis=1)
        diary_share = 1 / (1 + np.exp(-style))
        return shared + (2 * diary_share - 1) * contrast, diary_share[:, 0]


def count_matrix(texts: Sequence[str], settings: FeatureSettings) -> sp.csr_matrix:
    """Counts of hashed features of normalised texts, (texts, buckets)."""
    parts = []
    for start in range(0, len(texts), _HASH_CHUNK):
        chunk = texts[start : start + _HASH_CHUNK]
        batch = hash_batch(chunk, settings)
        shape = (len(chunk), 1 << settings.bits)
        parts.append(sp.csr_matrix((batch.counts, (batch.rows, batch.buckets)), shape=shape))
    return sp.vstack(parts).tocsr()


def fit_idf(counts: sp.csr_matrix, min_df: int, power: float) -> npt.NDArray[np.uint8]:
    """Smoothed inverse document frequency (scikit-learn's formula) to a power, in 0..255; 0 below `min_df` texts."""
    frequency = np.bincount(counts.indices, minlength=counts.shape[1])
    idf = (np.log((1 + counts.shape[0]) / (1 + frequency)) + 1) ** power
    idf = np.where(frequency >= min_df, idf, 0)
    return np.asarray(np.ceil(idf / max(idf.max(), TINY) * 255), dtype=np.uint8)


def weigh(counts: sp.csr_matrix, idf: npt.NDArray[np.uint8]) -> sp.csr_matrix:
    """Sublinear tf times idf, rows of length 1 (Salton and Buckley 1988)."""
    weighted = counts.astype(np.float64)
    weighted.data = (1 + np.log(weighted.data)) * idf.astype(np.float64)[weighted.indices]
    norm = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    return (sp.diags(1 / np.maximum(norm, TINY)) @ weighted).tocsr()


def fit(
    counts: sp.csr_matrix,
    label_weights: FloatArray,
    is_diary: npt.NDArray[np.bool_],
    settings: FitSettings,
) -> LinearModel:
    """Fit the emotions and the style by L-BFGS and quantise them.

    label_weights, (texts, 6): how much each text counts as one of each emotion; no column may be empty.

    People label and write comments in another way than diaries, so each style gets weights of its own beside the
    shared ones: "frustratingly easy domain adaptation" (Daumé 2007), written as one shared and one contrast half. The
    style of a new text is not given, so a second regression estimates it.
    """
    idf = fit_idf(counts, settings.min_df, settings.idf_power)
    kept = np.flatnonzero(idf)
    features = weigh(counts, idf)[:, kept].astype(np.float32)
    style = _fit_style(features, is_diary, settings)
    sign = np.where(is_diary, 1, -1).astype(np.float32)
    halves = [features, sp.diags(sign * np.float32(settings.contrast)) @ features, sp.csr_matrix(sign[:, None])]
    regression = _regression(settings.inverse_regularization, settings.iterations)
    rows, labels = np.nonzero(label_weights)  # a text of several emotions is one row for each of them
    with _stopping_early():
        regression.fit(sp.hstack(halves).tocsr()[rows], labels, sample_weight=label_weights[rows, labels])
    shared, contrast, offset = np.split(regression.coef_.T, [len(kept), 2 * len(kept)])
    weights, scale = quantize(np.hstack([shared, contrast * settings.contrast, style[:-1, None]]) @ EXPANSION.T)
    table = np.zeros((counts.shape[1], len(scale)), dtype=np.int8)
    table[kept] = weights
    bias = np.concatenate([regression.intercept_, offset[0], style[-1:]]).astype(np.float32)
    return LinearModel(table, scale, bias, idf)


def _fit_style(
    features: sp.csr_matrix, is_diary: npt.NDArray[np.bool_], settings: FitSettings
) -> npt.NDArray[np.float32]:
    """Weights and, last, the bias of the log-odds that a text is a diary; a constant where there is one style only."""
    if is_diary.all() or not is_diary.any():
        constant = np.zeros(features.shape[1] + 1, dtype=np.float32)
        constant[-1] = _CERTAIN if is_diary.all() else -_CERTAIN
        return constant
    regression = _regression(settings.style_inverse_regularization, settings.iterations)
    with _stopping_early():
        regression.fit(features, is_diary)
    return np.append(regression.coef_[0], regression.intercept_ + settings.diary_prior).astype(np.float32)


def _regression(inverse_regularization: float, iterations: int) -> LogisticRegression:
    return LogisticRegression(C=inverse_regularization, max_iter=iterations, tol=1e-6)


@contextmanager
def _stopping_early() -> Iterator[None]:
    """Silence scikit-learn's warning that the iterations ran out: they are meant to."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        yield


def quantize(weights: FloatArray) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """Symmetric int8, one scale a column; the rare largest weights (1 in 10,000) are clipped."""
    limit = np.quantile(np.abs(weights), 0.9999, axis=0)
    scale = np.maximum(limit / 127, TINY).astype(np.float32)
    return np.clip(np.rint(weights / scale), -127, 127).astype(np.int8), scale
