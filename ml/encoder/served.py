"""A transformer as it is served: ONNX Runtime and `tokenizers`, without torch and transformers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort
from onnxruntime.capi.onnxruntime_pybind11_state import (
    Fail,
    InvalidArgument,
    InvalidGraph,
    InvalidProtobuf,
    NoSuchFile,
)

from ml.encoder.scoring import IdArray, score_texts
from ml.encoder.task import FloatArray, Task
from ml.encoder.windows import WindowTokenizer
from ml.errors import ModelError

ONNX_FILE = "model.onnx"
# Few windows at a time: a whole batch of attention matrices would be most of the memory.
_BATCH_SIZE = 8


class OnnxTransformer:
    """A loaded ONNX model. Thread-safe."""

    def __init__(self, graph: Path, tokenizer: WindowTokenizer) -> None:
        """Raises ModelError when the graph is missing or damaged."""
        options = ort.SessionOptions()
        # One thread each: a worker runs as many processes as it has cores.
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        try:
            self._session = ort.InferenceSession(str(graph), options, providers=["CPUExecutionProvider"])
        except (Fail, InvalidArgument, InvalidGraph, InvalidProtobuf, NoSuchFile) as error:
            raise ModelError(f"{graph}: cannot be loaded ({error}). Export the model again.") from None
        self._tokenizer = tokenizer

    @classmethod
    def load(cls, folder: Path, task: Task, graph: str = ONNX_FILE) -> Self:
        """Load what `TransformerModel.to_onnx` wrote, whatever its `graph` is called now.

        Raises ModelError when a file is missing or damaged.
        """
        return cls(folder / graph, WindowTokenizer.load(folder, task))

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels) in the task's order. Any `str` is accepted, blank ones included."""
        return score_texts(texts, self._tokenizer, self.forward, _BATCH_SIZE)

    def forward(self, ids: IdArray, mask: IdArray) -> FloatArray:
        """Logits (windows, labels) of token ids and attention mask, both (windows, tokens)."""
        (logits,) = self._session.run(["logits"], {"input_ids": ids, "attention_mask": mask})
        return np.asarray(logits, dtype=np.float64)
