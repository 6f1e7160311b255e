"""How good a way to train is: cross-validation, plain and nested, and labelled tracks of another source."""

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import BaseEstimator, clone
from sklearn.metrics import accuracy_score, confusion_matrix, f1_score, log_loss
from sklearn.model_selection import RepeatedStratifiedKFold, StratifiedKFold
from tqdm import tqdm

from ml.errors import DataError
from ml.labels import Mood
from ml.music.data import LabelledTracks

# Energetic stands last in Mood, so the three moods are the first three.
THREE = len(Mood) - 1
_INNER_FOLDS = 5
_MOST_VOTERS = 4
_EPSILON = 1e-9


@dataclass(frozen=True, slots=True)
class Folds:
    """Repeated stratified k-fold cross-validation; the seed is not one that settings were tried on."""

    folds: int = 10
    repeats: int = 10
    seed: int = 20_260

    def split(self, tracks: LabelledTracks) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
        """Rows of the training and the test part of every fold. Raises DataError for a mood with too few tracks."""
        smallest = np.bincount(tracks.moods).min()
        if smallest < self.folds:
            raise DataError(f"a mood has {smallest} tracks, too few for {self.folds} folds: lower --folds")
        splitter = RepeatedStratifiedKFold(n_splits=self.folds, n_repeats=self.repeats, random_state=self.seed)
        return list(splitter.split(tracks.inputs, tracks.moods))


def three_moods(tracks: LabelledTracks) -> LabelledTracks:
    """The tracks without the energetic ones."""
    return tracks.take(tracks.moods < THREE)


def cross_validate(estimator: BaseEstimator, tracks: LabelledTracks, folds: Folds, *, title: str) -> dict[str, Any]:
    """Mean and standard deviation over the folds, and counts[true][predicted] summed over them."""
    figures, confusion = [], np.zeros((len(Mood), len(Mood)), dtype=np.int64)
    for train, test in tqdm(folds.split(tracks), desc=title, unit="fold"):
        fitted = clone(estimator).fit(tracks.inputs[train], tracks.moods[train])
        probabilities = fitted.predict_proba(tracks.inputs[test])
        predicted = fitted.classes_[probabilities.argmax(axis=1)]
        confusion += confusion_matrix(tracks.moods[test], predicted, labels=range(len(Mood)))
        figures.append(
            (
                accuracy_score(tracks.moods[test], predicted),
                f1_score(tracks.moods[test], predicted, average="macro"),
                log_loss(tracks.moods[test], np.clip(probabilities, _EPSILON, 1), labels=fitted.classes_),
            )
        )
    accuracy, macro_f1, loss = np.array(figures).T
    return {
        **_describe(tracks, folds, accuracy),
        "macro_f1_mean": round(float(macro_f1.mean()), 4),
        "log_loss_mean": round(float(loss.mean()), 4),
        "confusion": confusion[: tracks.moods.max() + 1, : tracks.moods.max() + 1].tolist(),
    }


def check_elsewhere(estimator: BaseEstimator, train: LabelledTracks, other: LabelledTracks) -> dict[str, Any]:
    """Accuracy on tracks of another source that are not in `train`, when trained on all of `train`."""
    other = other.take(~np.isin(other.ids, train.ids))
    predicted = clone(estimator).fit(train.inputs, train.moods).predict(other.inputs)
    moods = range(train.moods.max() + 1)
    return {
        "tracks": len(other.moods),
        "accuracy": round(float(accuracy_score(other.moods, predicted)), 4),
        "macro_f1": round(float(f1_score(other.moods, predicted, average="macro")), 4),
        "confusion": confusion_matrix(other.moods, predicted, labels=moods).tolist(),
    }


def cross_validate_choice(
    candidates: Mapping[str, BaseEstimator], tracks: LabelledTracks, folds: Folds, *, title: str
) -> dict[str, Any]:
    """Nested cross-validation of choosing: within each training part the best single candidate or soft vote of up to
    four is taken by an inner cross-validation, and scored on the test part, which had no say.

    This is what a choice among the candidates is worth; a best figure out of many is always too good.
    """
    accuracies, choices = [], []
    for train, test in tqdm(folds.split(tracks), desc=title, unit="fold"):
        part = LabelledTracks(tuple(np.array(tracks.ids)[train]), tracks.inputs[train], tracks.moods[train])
        chosen = _choose(candidates, part, seed=folds.seed)
        probabilities = sum(
            clone(candidates[name]).fit(part.inputs, part.moods).predict_proba(tracks.inputs[test]) for name in chosen
        )
        accuracies.append(accuracy_score(tracks.moods[test], np.asarray(probabilities).argmax(axis=1)))
        choices.append(" + ".join(chosen))
    counts = {choice: choices.count(choice) for choice in sorted(set(choices))}
    return {**_describe(tracks, folds, np.array(accuracies)), "choices": counts}


def _choose(candidates: Mapping[str, BaseEstimator], tracks: LabelledTracks, *, seed: int) -> tuple[str, ...]:
    """The candidate or vote with the highest inner accuracy; among equals the one with the lower log loss."""
    inner = StratifiedKFold(_INNER_FOLDS, shuffle=True, random_state=seed)
    out_of_fold = {name: np.zeros((len(tracks.moods), tracks.moods.max() + 1)) for name in candidates}
    for train, test in inner.split(tracks.inputs, tracks.moods):
        for name, estimator in candidates.items():
            fitted = clone(estimator).fit(tracks.inputs[train], tracks.moods[train])
            out_of_fold[name][test] = fitted.predict_proba(tracks.inputs[test])
    votes = [vote for size in range(1, _MOST_VOTERS + 1) for vote in itertools.combinations(candidates, size)]

    def quality(vote: Sequence[str]) -> tuple[float, float]:
        probabilities = np.mean([out_of_fold[name] for name in vote], axis=0)
        right = float((probabilities.argmax(axis=1) == tracks.moods).mean())
        return right, -log_loss(tracks.moods, np.clip(probabilities, _EPSILON, 1))

    return max(votes, key=quality)


def _describe(tracks: LabelledTracks, folds: Folds, accuracy: NDArray[np.float64]) -> dict[str, Any]:
    return {
        "tracks": len(tracks.moods),
        "folds": folds.folds,
        "repeats": folds.repeats,
        "accuracy_mean": round(float(accuracy.mean()), 4),
        "accuracy_std": round(float(accuracy.std()), 4),
    }
