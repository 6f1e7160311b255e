"""The figures of the model card, on cases that can be computed by hand."""

import numpy as np
import pytest

from ml.emotion.calibrate import calibrate
from ml.emotion.metrics import calibration_error, evaluate, f1_per_class, reliability
from ml.emotion.units import combine, split_units


def test_f1_by_hand() -> None:
    labels = np.array([0, 0, 1, 1])
    f1 = f1_per_class(np.array([0, 1, 1, 1]), labels)
    assert f1[:3].tolist() == pytest.approx([2 / 3, 0.8, 0.0])


def test_calibration_error_by_hand() -> None:
    probabilities = np.tile([0.8, 0.04, 0.04, 0.04, 0.04, 0.04], (4, 1))
    assert calibration_error(probabilities, np.array([0, 0, 0, 1])) == pytest.approx(0.05)


def test_reliability_holds_the_bins_that_are_not_empty() -> None:
    sure, unsure = [0.9, 0.1, 0, 0, 0, 0], [0.4, 0.3, 0.3, 0, 0, 0]
    bins = reliability(np.array([sure, unsure, sure, [1.0, 0, 0, 0, 0, 0]]), np.array([0, 0, 1, 0]))
    assert bins == [(1, pytest.approx(0.4), 1.0), (2, pytest.approx(0.9), 0.5), (1, pytest.approx(1.0), 1.0)]


def test_evaluate_parts_sure_from_unsure() -> None:
    sure, unsure = [0.9, 0.1, 0, 0, 0, 0], [0.4, 0.3, 0.3, 0, 0, 0]
    figures = evaluate(np.array([sure, unsure]), np.array([0, 1]), threshold=0.5)
    assert figures["coverage"] == 0.5
    assert (figures["accuracy_when_sure"], figures["accuracy_when_unsure"]) == (1.0, 0.0)


def test_calibrate_cools_an_overconfident_model() -> None:
    rng = np.random.default_rng(0)
    labels = rng.integers(0, 6, 600)
    logits = np.log(np.full((600, 6), 0.08))
    shown = np.where(rng.random(600) < 0.6, labels, (labels + 1) % 6)
    logits[np.arange(600), shown] = np.log(0.6)
    units = split_units(["말"] * 600)
    is_diary = np.arange(600) % 2 == 0
    logits *= np.where(is_diary, 2.5, 1.5)[:, None]
    found = calibrate(logits, is_diary.astype(float), units, labels, coverage=0.9)
    assert found.temperatures.diary == pytest.approx(2.5, rel=0.2)
    assert found.temperatures.other == pytest.approx(1.5, rel=0.2)
    probabilities = found.temperatures.calibrate(logits, is_diary.astype(float))
    assert calibration_error(probabilities, labels) < 0.05


def test_combine_weighs_sentences_by_length() -> None:
    units = split_units(["가나다라마바.\n사."])
    assert units.texts == ["가나다라마바. 사.", "가나다라마바.", "사."]
    probabilities = np.eye(6)[[0, 1, 2]]
    combined = combine(probabilities, units, sentence_share=0.9)
    assert combined[0].tolist() == pytest.approx([0.1, 0.7, 0.2, 0, 0, 0])
