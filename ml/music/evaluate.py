"""How good a mood classifier is: cross-validation, and accuracy on labelled tracks of another source."""

import argparse
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.metrics import accuracy_score, f1_score
from sklearn.model_selection import RepeatedStratifiedKFold
from sklearn.pipeline import Pipeline
from tqdm import tqdm

from ml.music.data import LabelledTracks, read_moods
from ml.music.predict import MoodClassifier


def cross_validate(
    pipeline: Pipeline, tracks: LabelledTracks, *, folds: int, repeats: int, seed: int
) -> dict[str, Any]:
    """Repeated stratified k-fold cross-validation: mean and standard deviation over the folds."""
    splitter = RepeatedStratifiedKFold(n_splits=folds, n_repeats=repeats, random_state=seed)
    accuracies, macro_f1s = [], []
    splits = splitter.split(tracks.features, tracks.moods)
    for train, test in tqdm(splits, total=folds * repeats, desc="cross-validation", unit="fold"):
        guessed = clone(pipeline).fit(tracks.features[train], tracks.moods[train]).predict(tracks.features[test])
        accuracies.append(accuracy_score(tracks.moods[test], guessed))
        macro_f1s.append(f1_score(tracks.moods[test], guessed, average="macro"))
    return {
        "tracks": len(tracks.moods),
        "folds": folds,
        "repeats": repeats,
        "accuracy_mean": round(float(np.mean(accuracies)), 4),
        "accuracy_std": round(float(np.std(accuracies)), 4),
        "macro_f1_mean": round(float(np.mean(macro_f1s)), 4),
    }


def main() -> None:
    """Print the accuracy of a saved model on labelled tracks that it has not seen."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.music.train wrote")
    parser.add_argument("--moods", type=Path, required=True, help="CSV of labelled tracks from another source")
    arguments = parser.parse_args()
    tracks = read_moods(arguments.moods)
    guessed = MoodClassifier.load(arguments.model).predict(tracks.features).argmax(axis=1)
    print(f"accuracy {accuracy_score(tracks.moods, guessed):.4f} on {len(tracks.moods)} tracks")


if __name__ == "__main__":
    main()
