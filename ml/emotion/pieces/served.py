"""A piece network as it is served: numpy for the pieces' vectors, ONNX Runtime for what reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort

from ml.emotion.folder import read_facts_of
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.tokenizer import PIECES_FILE, PieceTokenizer
from ml.emotion.sessions import WINDOWS_AT_ONCE, open_session
from ml.emotion.tables import Table
from ml.emotion.units import FloatArray
from ml.encoder.scoring import IdArray, score_texts
from ml.files import write_json

READER_FILE = "pieces.onnx"
TABLE_FILE, SCALES_FILE = "pieces_table.npy", "pieces_scales.npy"
FACTS_FILE = "pieces.json"
SERVED_FILES = (READER_FILE, TABLE_FILE, SCALES_FILE, PIECES_FILE, FACTS_FILE)


def write_facts(folder: Path, settings: PieceSettings) -> None:
    """Write how a network with these settings cuts texts where it serves."""
    write_json(folder / FACTS_FILE, {"max_pieces": settings.served_pieces, "longest_text": settings.longest_text})


@dataclass(frozen=True, slots=True)
class ServedPieces:
    """A loaded piece network. Thread-safe."""

    session: ort.InferenceSession
    tokenizer: PieceTokenizer
    table: Table

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Load what `PieceModel.export` wrote. Raises ModelError when a file is missing or damaged."""
        max_pieces, longest_text = read_facts_of(
            folder / FACTS_FILE, lambda facts: (int(facts["max_pieces"]), int(facts["longest_text"]))
        )
        tokenizer = PieceTokenizer.load(folder, max_pieces, longest_text)
        table = Table.load(folder / TABLE_FILE, folder / SCALES_FILE, len(tokenizer))
        return cls(open_session(folder / READER_FILE), tokenizer, table)

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, 6). Any `str` is accepted, blank ones included."""
        return score_texts(texts, self.tokenizer, self._forward, WINDOWS_AT_ONCE)

    def _forward(self, numbers: IdArray, mask: IdArray) -> FloatArray:
        (logits,) = self.session.run(["logits"], {"vectors": self.table.take(numbers), "mask": mask})
        return np.asarray(logits, dtype=np.float64)
