"""The review classifier applied: plain sentences, and the five feelings out of seven labels."""

import numpy as np
import pytest

from ml.labels import FEELINGS, Emotion
from ml.reviews.data import LABELS
from ml.reviews.predict import Classifier, fold_to_feelings
from ml.reviews.task import normalize


def test_predict_plain_sentences(classifier: Classifier) -> None:
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


def test_normalize_odd_text() -> None:
    assert normalize("  I\tDIDN'T \ud800 feel\n\nit ") == "i didn't feel it"
