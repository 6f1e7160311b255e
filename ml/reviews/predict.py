"""The review classifier, read from its folder and applied: English sentences → probabilities over LABELS."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from ml.encoder.served import OnnxTransformer
from ml.labels import EMOTION_FROM_DAIR, FEELINGS
from ml.manifest import read_manifest
from ml.reviews.data import LABELS
from ml.reviews.linear import LinearModel
from ml.reviews.task import REVIEW_TASK

METRICS = "metrics.json"


class Model(Protocol):
    """What a folder holds."""

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""


class EncoderModel:
    """A fine-tuned encoder under ONNX Runtime, on one core."""

    def __init__(self, encoder: OnnxTransformer) -> None:
        self._encoder = encoder

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""
        return np.asarray(np.exp(self._encoder.log_probabilities(sentences)))


class Classifier:
    """What scores sentences, whatever it is made of; equal lists of sentences give equal numbers."""

    def __init__(self, model: Model, version: str) -> None:
        self.version = version
        self._model = model

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""
        return self._model.predict(sentences)


def load_classifier(folder: Path) -> Classifier:
    """Read what `ml.reviews.train` wrote. Raises ModelError when a file is missing or not the one written."""
    manifest = read_manifest(folder, trainer="ml.reviews.train")
    # The first manifests name no architecture: there was one only.
    if manifest.get("architecture", "linear") == "linear":
        return Classifier(LinearModel.load(folder), manifest["version"])
    return Classifier(EncoderModel(OnnxTransformer.load(folder, REVIEW_TASK)), manifest["version"])


def fold_to_feelings(probabilities: NDArray[np.float64]) -> NDArray[np.float64]:
    """Sum probabilities [n, len(LABELS)] into the five feelings [n, 5]; neutral's share is left out."""
    folded = np.zeros((len(probabilities), len(FEELINGS)))
    for column, label in enumerate(LABELS):
        if label in EMOTION_FROM_DAIR:
            folded[:, FEELINGS.index(EMOTION_FROM_DAIR[label])] += probabilities[:, column]
    return folded


def main() -> None:
    """Print the probabilities of the sentences given, one JSON object a line."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.reviews.train wrote")
    parser.add_argument("sentences", nargs="+")
    arguments = parser.parse_args()
    classifier = load_classifier(arguments.model)
    for sentence, row in zip(arguments.sentences, classifier.predict(arguments.sentences), strict=True):
        scores = {label: round(float(value), 4) for label, value in zip(LABELS, row, strict=True)}
        print(json.dumps({"text": sentence, "scores": scores}, ensure_ascii=False))


if __name__ == "__main__":
    main()
