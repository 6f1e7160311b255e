"""The ONNX graph of every architecture gives the probabilities of scikit-learn or Keras."""

import numpy as np
import onnxruntime as ort
import pytest
from sklearn.neighbors import KNeighborsClassifier

from ml.errors import ModelError
from ml.labels import Mood
from ml.music.architectures import make_estimator
from ml.music.data import INPUTS, LabelledTracks
from ml.music.graph import build_graph
from ml.music.settings import (
    BoostingSettings,
    ForestSettings,
    KerasSettings,
    LinearSettings,
    Settings,
    SvmSettings,
    VoteSettings,
)
from tests.ml.music.conftest import CENTRES

SMALL: list[Settings] = [
    KerasSettings(epochs=30, learning_rate=0.05),
    LinearSettings(),
    LinearSettings(degree=2, inverse_regularisation=0.01),
    SvmSettings(),
    ForestSettings(trees=8),
    BoostingSettings(rounds=6),
    VoteSettings(forest=ForestSettings(trees=8), boosting=BoostingSettings(rounds=5)),
]


def run(estimator: object, inputs: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(build_graph(estimator).SerializeToString(), providers=["CPUExecutionProvider"])
    return session.run(["probabilities"], {"features": inputs})[0]


def far_and_near(tracks: LabelledTracks) -> np.ndarray:
    """The tracks themselves, random ones, and the ends of every range."""
    low = np.array([0, 0, -60, 0, 0, 0, 0, 0, 0, 60_000], dtype=np.float64)
    high = np.array([1, 1, 3, 1, 1, 1, 1, 1, 250, 600_000], dtype=np.float64)
    anywhere = np.random.default_rng(0).uniform(low, high, (200, len(INPUTS)))
    return np.vstack([tracks.inputs, anywhere, low, high])


@pytest.mark.parametrize("settings", SMALL, ids=lambda settings: type(settings).__name__)
def test_graph_equals_the_estimator(settings: Settings, labelled_tracks: LabelledTracks) -> None:
    estimator = make_estimator(settings).fit(labelled_tracks.inputs, labelled_tracks.moods)
    inputs = far_and_near(labelled_tracks)
    found = run(estimator, inputs)
    np.testing.assert_allclose(found, estimator.predict_proba(inputs), atol=1e-5)
    np.testing.assert_allclose(found.sum(axis=1), 1.0, atol=1e-5)
    centres = np.array([CENTRES[mood] for mood in Mood], dtype=np.float64)
    assert run(estimator, centres).argmax(axis=1).tolist() == list(range(len(Mood)))


@pytest.mark.parametrize("settings", SMALL, ids=lambda settings: type(settings).__name__)
def test_fit_again_same_graph(settings: Settings, labelled_tracks: LabelledTracks) -> None:
    first, second = (
        build_graph(make_estimator(settings).fit(labelled_tracks.inputs, labelled_tracks.moods)) for _ in range(2)
    )
    assert first.SerializeToString(deterministic=True) == second.SerializeToString(deterministic=True)


def test_graph_trees_at_their_thresholds(labelled_tracks: LabelledTracks) -> None:
    estimator = make_estimator(ForestSettings(trees=3)).fit(labelled_tracks.inputs, labelled_tracks.moods)
    tree = estimator.estimators_[0].tree_
    rows = np.repeat(labelled_tracks.inputs[:1], tree.node_count, axis=0)
    inner = np.flatnonzero(tree.feature >= 0)
    rows[inner, tree.feature[inner]] = tree.threshold[inner]
    np.testing.assert_allclose(run(estimator, rows), estimator.predict_proba(rows), atol=1e-5)


def test_graph_missing_mood_refused(labelled_tracks: LabelledTracks) -> None:
    three = labelled_tracks.take(labelled_tracks.moods < 3)
    with pytest.raises(ModelError, match="3 of the 4 moods"):
        build_graph(make_estimator(LinearSettings()).fit(three.inputs, three.moods))


def test_graph_unknown_estimator_refused(labelled_tracks: LabelledTracks) -> None:
    estimator = KNeighborsClassifier().fit(labelled_tracks.inputs, labelled_tracks.moods)
    with pytest.raises(ModelError, match="KNeighborsClassifier"):
        build_graph(estimator)
