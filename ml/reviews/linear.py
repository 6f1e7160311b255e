"""The linear review classifier: word n-grams, TF-IDF, logistic regression, kept as plain arrays. The floor."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from ml.probability import softmax
from ml.reviews.data import LABELS, LabelledText

WEIGHTS = "weights.npz"
VOCABULARY = "vocabulary.json"
FILES = (VOCABULARY, WEIGHTS)
# The intercept of a label that the training data lack: a probability of practically zero.
_NEVER = -50.0


@dataclass(frozen=True, slots=True)
class LinearSettings:
    """What a training run depends on besides its data; chosen on dair-ai's validation split."""

    min_document_frequency: int = 3
    inverse_regularisation: float = 3.0
    max_iterations: int = 300
    seed: int = 20_260


@dataclass(frozen=True, slots=True)
class LinearModel:
    """V terms, their idf [V], coefficients [len(LABELS), V] and intercept [len(LABELS)]."""

    terms: list[str]
    idf: NDArray[np.float32]
    coefficients: NDArray[np.float32]
    intercept: NDArray[np.float32]

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read what `save` wrote; the caller has checked the files."""
        terms = json.loads((folder / VOCABULARY).read_text(encoding="utf-8"))
        with np.load(folder / WEIGHTS, allow_pickle=False) as weights:
            return cls(terms, weights["idf"], weights["coefficients"], weights["intercept"])

    def save(self, folder: Path) -> list[str]:
        """Write the model; return the names of the files."""
        (folder / VOCABULARY).write_text(json.dumps(self.terms, ensure_ascii=False), encoding="utf-8")
        np.savez_compressed(folder / WEIGHTS, idf=self.idf, coefficients=self.coefficients, intercept=self.intercept)
        return list(FILES)

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        """Probabilities [n, len(LABELS)] of n sentences; rows sum to 1."""
        vectorizer = word_vectorizer(vocabulary={term: column for column, term in enumerate(self.terms)})
        vectorizer.idf_ = self.idf
        counts = vectorizer.transform(sentences)
        return softmax(np.asarray(counts @ self.coefficients.T, dtype=np.float64) + self.intercept)


def word_vectorizer(**options: Any) -> TfidfVectorizer:
    """Word uni- and bigrams with sublinear tf-idf, which training and prediction must share."""
    return TfidfVectorizer(ngram_range=(1, 2), sublinear_tf=True, dtype=np.float32, **options)


def balanced_weights(examples: Sequence[LabelledText]) -> NDArray[np.float64]:
    """Weights [n] that give every label the same sum, with mean 1."""
    counts = Counter(example.label for example in examples)
    return np.array([len(examples) / (len(counts) * counts[example.label]) for example in examples])


def fit(examples: Sequence[LabelledText], settings: LinearSettings) -> LinearModel:
    """Fit on n weighted examples. A label that they lack (neutral, without GoEmotions) is never predicted."""
    vectorizer = word_vectorizer(min_df=settings.min_document_frequency)
    features = vectorizer.fit_transform(example.text for example in examples)
    regression = LogisticRegression(
        C=settings.inverse_regularisation, max_iter=settings.max_iterations, random_state=settings.seed
    ).fit(features, [example.label for example in examples], sample_weight=[example.weight for example in examples])
    coefficients = np.zeros((len(LABELS), features.shape[1]), dtype=np.float32)
    intercept = np.full(len(LABELS), _NEVER, dtype=np.float32)
    for row, label in enumerate(regression.classes_):
        coefficients[LABELS.index(label)] = regression.coef_[row]
        intercept[LABELS.index(label)] = regression.intercept_[row]
    terms = vectorizer.get_feature_names_out().tolist()
    return LinearModel(terms, vectorizer.idf_.astype(np.float32), coefficients, intercept)
