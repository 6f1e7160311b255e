"""Figures that say how good a classifier is, from probabilities and true labels."""

from collections.abc import Iterable
from typing import Any

import numpy as np
import numpy.typing as npt

from ml.emotion.units import FloatArray
from ml.labels import Emotion

IntArray = npt.NDArray[np.int64]
_ECE_BINS = 15


def evaluate(probabilities: FloatArray, labels: IntArray, threshold: float) -> dict[str, Any]:
    """Accuracy, macro F1, F1 per emotion, calibration error, coverage, and confusion[true][predicted] of one set.

    probabilities: (n, 6); labels: (n,) indices into Emotion; threshold: least confidence of a sure prediction.
    """
    predicted = probabilities.argmax(axis=1)
    sure = probabilities.max(axis=1) >= threshold
    f1 = f1_per_class(predicted, labels)
    present = np.isin(np.arange(len(f1)), labels)
    return {
        "texts": len(labels),
        "accuracy": _round((predicted == labels).mean()),
        "macro_f1": _round(f1[present].mean()),
        "f1": {emotion: _round(value) for emotion, value in zip(Emotion, f1, strict=True)},
        "expected_calibration_error": _round(calibration_error(probabilities, labels)),
        "reliability": [
            {"texts": texts, "confidence": _round(confidence), "accuracy": _round(accuracy)}
            for texts, confidence, accuracy in reliability(probabilities, labels)
        ],
        "coverage": _round(sure.mean()),
        "accuracy_when_sure": _round((predicted == labels)[sure].mean()) if sure.any() else None,
        "accuracy_when_unsure": _round((predicted == labels)[~sure].mean()) if (~sure).any() else None,
        "confusion": confusion(predicted, labels).tolist(),
    }


def label_indices(labels: Iterable[Emotion]) -> IntArray:
    """Labels as indices into Emotion, (n,)."""
    order = {emotion: index for index, emotion in enumerate(Emotion)}
    return np.array([order[label] for label in labels], dtype=np.int64)


def confusion(predicted: IntArray, labels: IntArray) -> IntArray:
    """Counts[true, predicted], (6, 6)."""
    table = np.zeros((len(Emotion), len(Emotion)), dtype=np.int64)
    np.add.at(table, (labels, predicted), 1)
    return table


def f1_per_class(predicted: IntArray, labels: IntArray) -> FloatArray:
    """F1 of each of the six classes; 0 for one that neither occurs nor is predicted."""
    table = confusion(predicted, labels)
    return np.asarray(2 * np.diag(table) / np.maximum(table.sum(axis=0) + table.sum(axis=1), 1))


def reliability(probabilities: FloatArray, labels: IntArray) -> list[tuple[int, float, float]]:
    """(texts, mean confidence, accuracy) of the top class in those of 15 equal-width bins that hold any text."""
    confidence = probabilities.max(axis=1)
    correct = probabilities.argmax(axis=1) == labels
    bins = np.minimum((confidence * _ECE_BINS).astype(np.int64), _ECE_BINS - 1)
    members = [bins == number for number in np.unique(bins)]
    return [(int(m.sum()), float(confidence[m].mean()), float(correct[m].mean())) for m in members]


def calibration_error(probabilities: FloatArray, labels: IntArray) -> float:
    """Expected calibration error of the top class over the bins of `reliability` (Guo et al. 2017)."""
    gaps = [texts * abs(confidence - accuracy) for texts, confidence, accuracy in reliability(probabilities, labels)]
    return sum(gaps) / len(labels)


def log_loss(probabilities: FloatArray, labels: IntArray) -> float:
    """Mean negative log-likelihood of the true labels, in nats."""
    return float(-np.log(probabilities[np.arange(len(labels)), labels] + 1e-12).mean())


def _round(value: float) -> float:
    return round(float(value), 4)
