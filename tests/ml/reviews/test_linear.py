"""The linear classifier: trained, saved as plain arrays, read back equal to scikit-learn's."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ml.reviews.data import LABELS, read_dair
from ml.reviews.linear import LinearModel, LinearSettings, balanced_weights, fit, word_vectorizer

SETTINGS = LinearSettings(min_document_frequency=1)
SENTENCES = ["i was scared of the ghost", "happy tears at the wedding", "nothing of the kind"]


def test_predict_equals_scikit_learn(tmp_path: Path, dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")
    fit(examples, SETTINGS).save(tmp_path)
    vectorizer = word_vectorizer(min_df=1)
    features = vectorizer.fit_transform(example.text for example in examples)
    theirs = LogisticRegression(C=SETTINGS.inverse_regularisation, max_iter=SETTINGS.max_iterations).fit(
        features, [example.label for example in examples]
    )
    columns = [LABELS.index(label) for label in theirs.classes_]
    np.testing.assert_allclose(
        LinearModel.load(tmp_path).predict(SENTENCES)[:, columns],
        theirs.predict_proba(vectorizer.transform(SENTENCES)),
        atol=1e-5,
    )


def test_predict_never_gives_a_label_that_was_not_taught(dair_folder: Path) -> None:
    found = fit(read_dair(dair_folder / "train.txt"), SETTINGS).predict(SENTENCES)
    assert found[:, LABELS.index("neutral")].max() < 1e-12
    np.testing.assert_allclose(found.sum(axis=1), 1)


def test_fit_light_examples_count_less(dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")
    contradicted = [replace(example, label="sadness", weight=1e-6) for example in examples]
    found = fit([*examples, *contradicted], SETTINGS).predict([example.text for example in examples])
    assert [LABELS[column] for column in found.argmax(axis=1)] == [example.label for example in examples]


def test_balanced_weights_sum_equally(dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")[:7]  # four joy, three love
    weights = balanced_weights(examples)
    assert weights[:4].sum() == pytest.approx(weights[4:].sum())
    assert weights.mean() == pytest.approx(1.0)
