"""Train the mood classifier on labelled tracks and save it as plain coefficients."""

import argparse
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from ml.files import hash_file, write_json
from ml.labels import Mood
from ml.manifest import write_manifest
from ml.music.data import FEATURES, LabelledTracks, read_moods
from ml.music.evaluate import cross_validate
from ml.music.predict import MODEL, MoodClassifier

METRICS = "metrics.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a training run depends on besides its data."""

    inverse_regularisation: float = 1.0
    max_iterations: int = 2_000
    folds: int = 10
    repeats: int = 10
    seed: int = 20_260


def make_regression(settings: Settings) -> Pipeline:
    """Standardised multinomial logistic regression, unfitted."""
    regression = LogisticRegression(C=settings.inverse_regularisation, max_iter=settings.max_iterations)
    return make_pipeline(StandardScaler(), regression)


def fit(tracks: LabelledTracks, settings: Settings) -> Pipeline:
    """Fit on all tracks; every mood must occur."""
    return make_regression(settings).fit(tracks.features, tracks.moods)


def save(folder: Path, pipeline: Pipeline, *, facts: dict[str, Any]) -> MoodClassifier:
    """Write scikit-learn's numbers as JSON with a manifest, and read them back."""
    scaler, regression = pipeline[0], pipeline[-1]
    model = {
        "features": list(FEATURES),
        "moods": [mood.value for mood in Mood],
        "mean": scaler.mean_.tolist(),
        "scale": scaler.scale_.tolist(),
        "coefficients": regression.coef_.tolist(),
        "intercept": regression.intercept_.tolist(),
    }
    folder.mkdir(parents=True, exist_ok=True)
    write_json(folder / MODEL, model)
    digest = hash_file(folder / MODEL)[:12]
    write_manifest(folder, files=[MODEL], facts={**facts, "version": f"music-linear-{digest}"})
    return MoodClassifier.load(folder)


def main() -> None:
    """Cross-validate, train on all labelled tracks, and write the model with its metrics."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--moods", type=Path, required=True, help="CSV of labelled tracks: audio features and mood")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    arguments = parser.parse_args()
    settings = Settings()
    tracks = read_moods(arguments.moods)
    metrics = cross_validate(
        make_regression(settings), tracks, folds=settings.folds, repeats=settings.repeats, seed=settings.seed
    )
    facts = {
        "settings": asdict(settings),
        "data": {arguments.moods.name: hash_file(arguments.moods)},
        "packages": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    classifier = save(arguments.output, fit(tracks, settings), facts=facts)
    write_json(arguments.output / METRICS, {"version": classifier.version, "cross_validation": metrics})
    print(
        f"{classifier.version}: accuracy {metrics['accuracy_mean']} ± {metrics['accuracy_std']} → {arguments.output}"
    )


if __name__ == "__main__":
    main()
