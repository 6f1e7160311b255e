"""A piece network as it is served: numpy for the pieces' vectors, ONNX Runtime for what reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort

from ml.emotion.folder import read_facts_of
from ml.emotion.pieces.tokenizer import PIECES_FILE, PieceTokenizer
from ml.emotion.sessions import open_session
from ml.emotion.tables import Bytes, Vectors, load_table
from ml.emotion.units import FloatArray
from ml.encoder.scoring import IdArray, score_texts

READER_FILE = "pieces.onnx"
TABLE_FILE = "pieces_table.npy"  # int8 (numbers, rank)
SCALES_FILE = "pieces_scales.npy"  # float32 (numbers, 1)
FACTS_FILE = "pieces.json"
SERVED_FILES = (READER_FILE, TABLE_FILE, SCALES_FILE, PIECES_FILE, FACTS_FILE)
# One window at a time: activations share a scale, so that a neighbour would change what is read.
_BATCH_SIZE = 1


@dataclass(frozen=True, slots=True)
class ServedPieces:
    """A loaded piece network. Thread-safe."""

    session: ort.InferenceSession
    tokenizer: PieceTokenizer
    table: Bytes
    scales: Vectors

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `PieceModel.export` wrote. Raises ModelError when a file is missing or damaged."""
        max_pieces, longest_text = read_facts_of(
            folder / FACTS_FILE, lambda facts: (int(facts["max_pieces"]), int(facts["longest_text"]))
        )
        tokenizer = PieceTokenizer.load(folder, max_pieces, longest_text)
        table, scales = load_table(folder / TABLE_FILE, folder / SCALES_FILE, len(tokenizer))
        return cls(open_session(folder / READER_FILE), tokenizer, table, scales)

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, 6). Any `str` is accepted, blank ones included."""
        return score_texts(texts, self.tokenizer, self._forward, _BATCH_SIZE)

    def _forward(self, numbers: IdArray, mask: IdArray) -> FloatArray:
        vectors = self.table[numbers].astype(np.float32) * self.scales[numbers]
        (logits,) = self.session.run(["logits"], {"vectors": vectors, "mask": mask})
        return np.asarray(logits, dtype=np.float64)
