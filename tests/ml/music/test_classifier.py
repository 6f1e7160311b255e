"""The mood classifier: the saved numbers give scikit-learn's probabilities, and damaged files are refused."""

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from ml.artifacts import __file__ as artifacts_file
from ml.errors import ModelError
from ml.labels import Mood
from ml.music import train
from ml.music.data import FEATURES, LabelledTracks
from ml.music.evaluate import cross_validate
from ml.music.predict import MoodClassifier
from tests.ml.music.conftest import CENTRES

SHIPPED = Path(artifacts_file).parent / "music"


def test_predict_equals_scikit_learn(tmp_path: Path, labelled_tracks: LabelledTracks) -> None:
    pipeline = train.fit(labelled_tracks, train.Settings())
    classifier = train.save(tmp_path, pipeline, facts={})
    np.testing.assert_allclose(
        classifier.predict(labelled_tracks.features),
        pipeline.predict_proba(labelled_tracks.features),
        atol=1e-5,
    )


def test_shipped_model_knows_each_mood() -> None:
    probabilities = MoodClassifier.load(SHIPPED).predict(np.array([CENTRES[mood] for mood in Mood], dtype=np.float64))
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    assert [list(Mood)[column] for column in probabilities.argmax(axis=1)] == list(Mood)


def test_shipped_metrics_are_of_the_shipped_model() -> None:
    metrics = json.loads((SHIPPED / "metrics.json").read_text(encoding="utf-8"))
    assert metrics["version"] == MoodClassifier.load(SHIPPED).version
    assert metrics["cross_validation"]["accuracy_mean"] > 0.79


def test_cross_validate_separable_moods(labelled_tracks: LabelledTracks) -> None:
    metrics = cross_validate(train.make_regression(train.Settings()), labelled_tracks, folds=5, repeats=2, seed=0)
    assert metrics["tracks"] == 80
    assert metrics["accuracy_mean"] > 0.95
    assert metrics["accuracy_std"] < 0.1


def test_load_other_features_refused(tmp_path: Path, labelled_tracks: LabelledTracks) -> None:
    pipeline = train.fit(labelled_tracks, train.Settings())
    train.save(tmp_path, pipeline, facts={})
    model = json.loads((tmp_path / "model.json").read_text(encoding="utf-8"))
    train.write_json(tmp_path / "model.json", model | {"features": model["features"][::-1]})
    with pytest.raises(ModelError, match="SHA-256 differs"):
        MoodClassifier.load(tmp_path)
    train.write_manifest(tmp_path, files=["model.json"], facts={"version": "other"})
    with pytest.raises(ModelError, match="other features or moods"):
        MoodClassifier.load(tmp_path)


def test_train_command_twice_same_model(
    tmp_path: Path, labelled_tracks: LabelledTracks, monkeypatch: pytest.MonkeyPatch
) -> None:
    order = list(Mood)
    lines = [",".join((*FEATURES, "mood"))]
    for row, mood in zip(labelled_tracks.features, labelled_tracks.moods, strict=True):
        lines.append(",".join((*map(str, row), order[mood])))
    (tmp_path / "moods.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    monkeypatch.setattr(train, "Settings", lambda: train_settings)
    for name in ("first", "second"):
        arguments = ["train", "--moods", str(tmp_path / "moods.csv"), "--output", str(tmp_path / name)]
        monkeypatch.setattr(sys, "argv", arguments)
        train.main()
    for name in ("model.json", "metrics.json", "manifest.json"):
        assert (tmp_path / "first" / name).read_bytes() == (tmp_path / "second" / name).read_bytes()


train_settings = train.Settings(folds=4, repeats=1)
