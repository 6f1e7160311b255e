"""An n-gram model as it is served: one ONNX graph, numpy for its features."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort
from onnxruntime.capi import onnxruntime_pybind11_state as ort_errors

from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.folder import MODEL_FILE
from ml.emotion.units import FloatArray
from ml.errors import ModelError


@dataclass(frozen=True, slots=True)
class ServedNgrams:
    """A loaded graph and the features that it reads. Thread-safe: a session may be run from many threads at once."""

    session: ort.InferenceSession
    features: FeatureSettings

    @classmethod
    def load(cls, folder: Path, features: FeatureSettings) -> Self:
        """Load the graph of a model folder. Raises ModelError when ONNX Runtime can't load it."""
        return cls(_open_session(folder / MODEL_FILE), features)

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


def _open_session(path: Path) -> ort.InferenceSession:
    """One thread and no memory arena: the graph is tiny, and the web process has to stay small."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.enable_mem_pattern = False
    try:
        return ort.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    except (ort_errors.InvalidGraph, ort_errors.InvalidProtobuf, ort_errors.Fail, ort_errors.NoSuchFile) as error:
        raise ModelError(f"{path}: ONNX Runtime cannot load it ({error}). Train it again.") from error
