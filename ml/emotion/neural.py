"""The neural architectures, seen as all others are. What they need is imported when one of them is asked for."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy as np

from ml.emotion.calibrate import Temperatures
from ml.emotion.data import Example
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray, Units


class TextModel(Protocol):
    """What a neural architecture gives."""

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Natural logarithms (texts, 6)."""

    def save(self, folder: Path) -> list[str]:
        """Write the model; return the names of the files."""


@dataclass(frozen=True, slots=True)
class NeuralModel:
    """A neural model as all others are asked: every text counts as a diary, so one temperature holds for all."""

    model: TextModel

    def score(self, units: Units) -> tuple[FloatArray, FloatArray]:
        """Log-probabilities (units, 6), and diary shares (units,) of 1."""
        return self.model.log_probabilities(units.texts), np.ones(len(units.texts))

    def save(self, folder: Path, temperatures: Temperatures) -> list[str]:
        """Write the model; return the names of the files."""
        return self.model.save(folder)


def fit_neural(
    name: str, train: Sequence[Example], validation: Sequence[Example], settings: Any, state: Path
) -> NeuralModel:
    """Train `lstm` or `transformer`; `state` is the folder from which an interrupted run goes on.

    Raises DataError for bad data or a state of another run, ModelError when a package or the Java runtime is missing.
    """
    if name == "lstm":
        from ml.emotion.lstm import architecture as lstm

        return NeuralModel(lstm.fit(train, validation, settings, state))
    from ml.encoder import architecture as encoder

    return NeuralModel(encoder.fit(train, validation, settings, state, EMOTION_TASK))


def load_neural(name: str, folder: Path) -> NeuralModel:
    """Load what `save` wrote. Raises ModelError when a file, a package or the Java runtime is missing."""
    if name == "lstm":
        from ml.emotion.lstm.architecture import LstmModel

        return NeuralModel(LstmModel.load(folder))
    from ml.encoder.architecture import TransformerModel

    return NeuralModel(TransformerModel.load(folder, EMOTION_TASK))
