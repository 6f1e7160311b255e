"""An n-gram model as it is served: one ONNX graph, numpy for its features."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort

from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.folder import MODEL_FILE
from ml.emotion.sessions import open_session
from ml.emotion.units import FloatArray


@dataclass(frozen=True, slots=True)
class ServedNgrams:
    """A loaded graph and the features that it reads. Thread-safe: a session may be run from many threads at once."""

    session: ort.InferenceSession
    features: FeatureSettings

    @classmethod
    def load(cls, folder: Path, features: FeatureSettings) -> Self:
        """Load the graph of a model folder. Raises ModelError when ONNX Runtime can't load it."""
        return cls(open_session(folder / MODEL_FILE), features)

    def probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Probabilities (texts, 6) of normalised texts."""
        (probabilities,) = self._run(texts, "probabilities")
        return probabilities

    def score(self, texts: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """Probabilities (texts, 6) and diary shares (texts,) of normalised texts."""
        probabilities, shares = self._run(texts, "probabilities", "diary_share")
        return probabilities, shares[:, 0]

    def _run(self, texts: Sequence[str], *outputs: str) -> list[FloatArray]:
        inputs = {**hash_batch(texts, self.features)._asdict(), "row_count": np.array([len(texts)], dtype=np.int64)}
        return [np.asarray(values, dtype=np.float64) for values in self.session.run(outputs, inputs)]
