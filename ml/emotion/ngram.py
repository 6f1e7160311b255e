"""The two n-gram architectures: `linear`, the plain floor that everything has to clear, and `compact`, which ships."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx

from ml.emotion.calibrate import Temperatures
from ml.emotion.data import Example
from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.folder import MODEL_FILE, WEIGHTS_FILE
from ml.emotion.graph import build_graph
from ml.emotion.linear import FitSettings, LinearModel, count_matrix, fit
from ml.emotion.metrics import label_indices
from ml.emotion.text import normalize
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units
from ml.errors import DataError
from ml.labels import Emotion

# Sources whose names begin like this are diaries; all others are written in another style.
DIARY_SOURCES = "corpus/"


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """Everything that shapes an n-gram model; the defaults, chosen on the validation split, are those of `compact`.

    Training is deterministic (L-BFGS from zero), so there is no seed.
    """

    features: FeatureSettings = field(default_factory=FeatureSettings)
    fit: FitSettings = field(default_factory=FitSettings)
    balance: float = 0.5  # 0: emotions weigh as they occur; 1: all emotions weigh the same


# Character 1-4-grams, tf-idf, one logistic regression for all styles: what one would write down first.
LINEAR = NgramSettings(
    features=FeatureSettings(char_max=4, jamo_max=0),
    fit=FitSettings(idf_power=1.0, inverse_regularization=10.0, contrast=0.0),
    balance=0.0,
)


@dataclass(frozen=True, slots=True)
class NgramModel:
    """A fitted n-gram model and the features that it reads."""

    features: FeatureSettings
    linear: LinearModel

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Logits (units, 6) and diary shares (units,)."""
        return self.linear.score(hash_batch(units.texts, self.features), len(units.texts))

    def save(self, folder: Path, temperatures: Temperatures) -> list[str]:
        """Write the ONNX graph with the temperatures in it; return the names of the files.

        The weights lie beside it, where ONNX Runtime maps them: a text touches few of their pages, and the processes
        of a machine share them.
        """
        weights = folder / WEIGHTS_FILE
        weights.unlink(missing_ok=True)  # onnx would append
        graph = build_graph(self.linear, temperatures)
        onnx.save_model(graph, str(folder / MODEL_FILE), save_as_external_data=True, location=WEIGHTS_FILE)
        weights.chmod(0o644)  # onnx lets nobody else read it, and a server may be somebody else
        return [MODEL_FILE, WEIGHTS_FILE]


def fit_ngrams(examples: Sequence[Example], settings: NgramSettings) -> NgramModel:
    """Fit on all examples. Raises DataError where an emotion does not occur."""
    missing = set(Emotion) - {example.label for example in examples}
    if missing:
        raise DataError(f"no training example of {', '.join(sorted(missing))}: every emotion has to occur")
    counts = count_matrix([normalize(example.text) for example in examples], settings.features)
    weights = balance_weights(examples, settings.balance)[:, None] * EMOTION_TASK.shares(examples)
    return NgramModel(settings.features, fit(counts, weights, find_diaries(examples), settings.fit))


def find_diaries(examples: Sequence[Example]) -> npt.NDArray[np.bool_]:
    """Which examples are diaries, (n,)."""
    return np.array([example.source.startswith(DIARY_SOURCES) for example in examples], dtype=bool)


def balance_weights(examples: Sequence[Example], power: float) -> FloatArray:
    """The examples' weights, (n,), of mean 1, raised where an emotion is rare in its style.

    With a power of 0 emotions weigh as they occur, with 1 all the same. The sum over a style stays what it was.
    """
    weights = np.array([example.weight for example in examples])
    labels = label_indices(example.label for example in examples)
    is_diary = find_diaries(examples)
    balanced = weights.copy()
    for style in (is_diary, ~is_diary):
        if style.any():
            totals = np.bincount(labels[style], weights[style], minlength=len(Emotion))
            raised = weights[style] * totals[labels[style]] ** -power
            balanced[style] = raised * weights[style].sum() / raised.sum()
    return np.asarray(balanced / balanced.mean())
