"""The review classifier: trained, saved as plain arrays, read back, and refused when it is damaged."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression

from ml.errors import ModelError
from ml.labels import FEELINGS, Emotion
from ml.reviews import train
from ml.reviews.data import LABELS, read_dair
from ml.reviews.predict import ReviewClassifier, fold_to_feelings, word_vectorizer

SETTINGS = train.Settings(min_document_frequency=1)


def test_predict_equals_scikit_learn(tmp_path: Path, dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")
    ours = train.save(tmp_path, train.fit(examples, np.ones(len(examples)), SETTINGS), facts={})
    vectorizer = word_vectorizer(min_df=1)
    features = vectorizer.fit_transform(example.text for example in examples)
    theirs = LogisticRegression(C=SETTINGS.inverse_regularisation, max_iter=SETTINGS.max_iterations).fit(
        features, [example.label for example in examples]
    )
    sentences = ["i was scared of the ghost", "happy tears at the wedding", "nothing of the kind"]
    columns = [LABELS.index(label) for label in theirs.classes_]
    np.testing.assert_allclose(
        ours.predict(sentences)[:, columns], theirs.predict_proba(vectorizer.transform(sentences)), atol=1e-5
    )


def test_predict_plain_sentences(classifier: ReviewClassifier) -> None:
    sentences = ["the ghost made me scared", "we laughed and it was fun", "the film was shot by a director"]
    guessed = [LABELS[column] for column in classifier.predict(sentences).argmax(axis=1)]
    assert guessed == ["fear", "joy", "neutral"]


def test_fold_to_feelings_love_is_joy_and_neutral_is_none() -> None:
    row = dict(zip(LABELS, [0.1, 0.2, 0.15, 0.05, 0.25, 0.05, 0.2], strict=True))
    folded = dict(zip(FEELINGS, fold_to_feelings(np.array([list(row.values())]))[0], strict=True))
    assert folded[Emotion.JOY] == pytest.approx(row["joy"] + row["love"])
    assert folded[Emotion.ANXIETY] == pytest.approx(row["fear"])
    assert folded[Emotion.EMBARRASSMENT] == pytest.approx(row["surprise"])
    assert sum(folded.values()) == pytest.approx(1.0 - row["neutral"])


def test_balanced_weights_sum_equally(dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")[:7]  # four joy, three love
    weights = train.balanced_weights(examples)
    assert weights[:4].sum() == pytest.approx(weights[4:].sum())
    assert weights.mean() == pytest.approx(1.0)


def test_load_damaged_weights_refused(tmp_path: Path, dair_folder: Path) -> None:
    examples = read_dair(dair_folder / "train.txt")
    train.save(tmp_path, train.fit(examples, np.ones(len(examples)), SETTINGS), facts={})
    (tmp_path / "vocabulary.json").write_text("[]", encoding="utf-8")
    with pytest.raises(ModelError, match=r"vocabulary\.json: its SHA-256 differs"):
        ReviewClassifier.load(tmp_path)


def test_load_missing_folder_tells_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"No such file.*python -m ml\.reviews\.train"):
        ReviewClassifier.load(tmp_path / "none")


def test_train_command_writes_metrics(tmp_path: Path, dair_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(train, "Settings", lambda: SETTINGS)
    monkeypatch.setattr(sys, "argv", ["train", "--dair", str(dair_folder), "--output", str(tmp_path / "model")])
    train.main()
    metrics = json.loads((tmp_path / "model" / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["validation"]["examples"] == 24
    assert metrics["validation"]["accuracy"] > 0.9  # the tiny splits are equal
    assert ReviewClassifier.load(tmp_path / "model").version == metrics["version"]
