"""Cross-validation, plain and nested, and tracks of another source."""

import numpy as np
import pytest

from ml.errors import DataError
from ml.music.architectures import make_estimator
from ml.music.data import LabelledTracks
from ml.music.evaluate import Folds, check_elsewhere, cross_validate, cross_validate_choice, three_moods
from ml.music.settings import ForestSettings, LinearSettings

LINEAR = make_estimator(LinearSettings())
FOLDS = Folds(folds=4, repeats=2, seed=0)


def scrambled(tracks: LabelledTracks) -> LabelledTracks:
    moods = np.random.default_rng(1).permutation(tracks.moods)
    return LabelledTracks(tracks.ids, tracks.inputs, moods)


def test_cross_validate_separable_moods(labelled_tracks: LabelledTracks) -> None:
    metrics = cross_validate(LINEAR, labelled_tracks, FOLDS, title="test")
    assert metrics["tracks"] == 80
    assert metrics["accuracy_mean"] > 0.95
    assert metrics["accuracy_std"] < 0.1
    assert np.sum(metrics["confusion"]) == 80 * FOLDS.repeats


def test_cross_validate_random_moods_near_chance(labelled_tracks: LabelledTracks) -> None:
    assert cross_validate(LINEAR, scrambled(labelled_tracks), FOLDS, title="test")["accuracy_mean"] < 0.45


def test_cross_validate_three_moods(labelled_tracks: LabelledTracks) -> None:
    metrics = cross_validate(LINEAR, three_moods(labelled_tracks), FOLDS, title="test")
    assert metrics["tracks"] == 60
    assert np.shape(metrics["confusion"]) == (3, 3)


def test_folds_too_many_refused(labelled_tracks: LabelledTracks) -> None:
    with pytest.raises(DataError, match="20 tracks, too few for 21 folds"):
        Folds(folds=21).split(labelled_tracks)


def test_check_elsewhere_leaves_out_what_was_trained_on(labelled_tracks: LabelledTracks) -> None:
    even = np.arange(len(labelled_tracks.ids)) % 2 == 0
    metrics = check_elsewhere(LINEAR, labelled_tracks.take(even), labelled_tracks)
    assert metrics["tracks"] == 40
    assert metrics["accuracy"] > 0.9


def test_cross_validate_choice_random_moods_near_chance(labelled_tracks: LabelledTracks) -> None:
    pool = {"linear": LINEAR, "forest": make_estimator(ForestSettings(trees=5))}
    metrics = cross_validate_choice(pool, scrambled(labelled_tracks), Folds(4, 1, 0), title="test")
    assert metrics["accuracy_mean"] < 0.5
    assert sum(metrics["choices"].values()) == 4
    assert set(metrics["choices"]) <= {"linear", "forest", "linear + forest"}
