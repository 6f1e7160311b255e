"""Train the review emotion classifier: word n-grams, logistic regression, plain arrays as the result."""

import argparse
import hashlib
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
import sklearn
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score

from ml.files import hash_file, write_json
from ml.manifest import write_manifest
from ml.reviews.data import LABELS, LabelledText, read_dair, read_goemotions
from ml.reviews.predict import VOCABULARY, WEIGHTS, ReviewClassifier, word_vectorizer

METRICS = "metrics.json"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a training run depends on besides its data; chosen on dair-ai's validation split."""

    min_document_frequency: int = 3
    inverse_regularisation: float = 3.0
    # How much a dair-ai sentence counts against one of GoEmotions, on average over the labels.
    dair_weight: float = 2.0
    max_iterations: int = 300
    seed: int = 20_260


def balanced_weights(examples: Sequence[LabelledText]) -> NDArray[np.float64]:
    """Weights [n] that give every label the same sum, with mean 1."""
    counts = Counter(example.label for example in examples)
    return np.array([len(examples) / (len(counts) * counts[example.label]) for example in examples])


def fit(examples: Sequence[LabelledText], weights: NDArray[np.float64], settings: Settings) -> dict[str, Any]:
    """Fit on n examples with weights [n]; give `terms`, `idf` [V], `coefficients` [len(LABELS), V] and `intercept`.

    A label that the data lack (neutral, without GoEmotions) gets a probability of practically zero.
    """
    vectorizer = word_vectorizer(min_df=settings.min_document_frequency)
    features = vectorizer.fit_transform(example.text for example in examples)
    regression = LogisticRegression(
        C=settings.inverse_regularisation, max_iter=settings.max_iterations, random_state=settings.seed
    ).fit(features, [example.label for example in examples], sample_weight=weights)
    coefficients = np.zeros((len(LABELS), features.shape[1]), dtype=np.float32)
    intercept = np.full(len(LABELS), -50.0, dtype=np.float32)
    for row, label in enumerate(regression.classes_):
        coefficients[LABELS.index(label)] = regression.coef_[row]
        intercept[LABELS.index(label)] = regression.intercept_[row]
    return {
        "terms": vectorizer.get_feature_names_out().tolist(),
        "idf": vectorizer.idf_.astype(np.float32),
        "coefficients": coefficients,
        "intercept": intercept,
    }


def measure(classifier: ReviewClassifier, examples: Sequence[LabelledText]) -> dict[str, float]:
    """Accuracy and macro F1 over dair-ai's six labels; neutral is no answer there."""
    truth = [example.label for example in examples]
    six = classifier.predict([example.text for example in examples])[:, :-1]
    guessed = [LABELS[column] for column in six.argmax(axis=1)]
    return {
        "examples": len(truth),
        "accuracy": round(float(np.mean(np.array(guessed) == np.array(truth))), 4),
        "macro_f1": round(float(f1_score(truth, guessed, average="macro")), 4),
    }


def save(folder: Path, model: dict[str, Any], *, facts: dict[str, Any]) -> ReviewClassifier:
    """Write the model as npz and JSON with a manifest, and read it back."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / VOCABULARY).write_text(json.dumps(model["terms"], ensure_ascii=False), encoding="utf-8")
    np.savez_compressed(folder / WEIGHTS, **{name: model[name] for name in ("idf", "coefficients", "intercept")})
    digest = hashlib.sha256(model["coefficients"].tobytes()).hexdigest()[:12]
    write_manifest(folder, files=[VOCABULARY, WEIGHTS], facts={**facts, "version": f"reviews-linear-{digest}"})
    return ReviewClassifier.load(folder)


def main() -> None:
    """Train on dair-ai's train split, with GoEmotions when given, and measure on dair-ai's validation split."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--dair", type=Path, required=True, help="folder with train.txt and val.txt (sentence;label)")
    parser.add_argument("--goemotions", type=Path, help="folder with train.tsv and labels.txt")
    parser.add_argument("--output", type=Path, required=True, help="folder for the model")
    arguments = parser.parse_args()
    settings = Settings()
    sources = [arguments.dair / "train.txt"]
    examples = read_dair(sources[0])
    weights = settings.dair_weight * balanced_weights(examples)
    if arguments.goemotions:
        sources.append(arguments.goemotions / "train.tsv")
        comments = read_goemotions(sources[1], arguments.goemotions / "labels.txt")
        examples += comments
        weights = np.concatenate([weights, np.ones(len(comments))])
    print(f"training on {len(examples):,} sentences …")
    facts = {
        "settings": asdict(settings),
        "labels": list(LABELS),
        "data": {f"{path.parent.name}/{path.name}": hash_file(path) for path in sources},
        "packages": {"scikit-learn": sklearn.__version__, "numpy": np.__version__},
    }
    classifier = save(arguments.output, fit(examples, weights, settings), facts=facts)
    validation = measure(classifier, read_dair(arguments.dair / "val.txt"))
    write_json(arguments.output / METRICS, {"version": classifier.version, "validation": validation})
    print(f"{classifier.version}: validation {validation} → {arguments.output}")


if __name__ == "__main__":
    main()
