"""The review emotion classifier, read from its folder and applied: sentences → probabilities over LABELS."""

import argparse
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.labels import EMOTION_FROM_DAIR, FEELINGS
from ml.manifest import read_manifest
from ml.probability import softmax
from ml.reviews.data import LABELS

WEIGHTS = "weights.npz"
VOCABULARY = "vocabulary.json"


def word_vectorizer(**options: Any) -> TfidfVectorizer:
    """Word uni- and bigrams with sublinear tf-idf, which training and prediction must share."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, **options)


class Classifier(Protocol):
    """What scores sentences, whatever it is made of; equal lists of sentences must give equal numbers."""

    version: str

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""
        ...


class ReviewClassifier:
    """TF-IDF and multinomial logistic regression, as plain arrays."""

    def __init__(
        self,
        terms: Sequence[str],
        idf: NDArray[np.float32],
        coefficients: NDArray[np.float32],
        intercept: NDArray[np.float32],
        version: str,
    ) -> None:
        """Take V terms, their idf [V], coefficients [len(LABELS), V] and intercept [len(LABELS)]."""
        self.version = version
        self._vectorizer = word_vectorizer(vocabulary={term: column for column, term in enumerate(terms)})
        self._vectorizer.idf_ = idf
        self._coefficients = coefficients
        self._intercept = intercept

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `ml.reviews.train` wrote. Raises ModelError when a file is missing or not the one written."""
        manifest = read_manifest(folder, trainer="ml.reviews.train")
        terms = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as weights:
            return cls(terms, weights["idf"], weights["coefficients"], weights["intercept"], manifest["version"])

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""
        counts = self._vectorizer.transform(sentences)
        logits = np.asarray(counts @ self._coefficients.T, dtype=np.float64) + self._intercept
        return softmax(logits)


def load_classifier(folder: Path) -> Classifier:
    """Read the classifier of a folder that training wrote. Raises ModelError when it is not as written."""
    return ReviewClassifier.load(folder)


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
    classifier = ReviewClassifier.load(arguments.model)
    for sentence, row in zip(arguments.sentences, classifier.predict(arguments.sentences), strict=True):
        scores = {label: round(float(value), 4) for label, value in zip(LABELS, row, strict=True)}
        print(json.dumps({"text": sentence, "scores": scores}, ensure_ascii=False))


if __name__ == "__main__":
    main()
