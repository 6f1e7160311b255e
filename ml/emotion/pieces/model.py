"""A piece network in training, and its export to what is served."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Self

from ml.emotion.pieces.line_up import line_up_bytes
from ml.emotion.pieces.network import PieceNetwork
from ml.emotion.pieces.served import READER_FILE, SCALES_FILE, SERVED_FILES, TABLE_FILE, write_facts
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.start import start_network, write_weights
from ml.emotion.pieces.tokenizer import PieceTokenizer, save_pieces
from ml.emotion.reader_graph import export_reader
from ml.emotion.reader_head import score_padded
from ml.emotion.tables import save_table
from ml.emotion.units import FloatArray
from ml.encoder.scoring import IdArray, score_texts
from ml.encoder.settings import Precision

_BATCH_SIZE = 64
# Of principal components the first are large, so that bytes with one scale for all leave next to nothing of the last.
_IN_FLOAT = ("widening",)


@dataclass(frozen=True, slots=True)
class PieceModel:
    """A network, its tokenizer, and the pieces that this one knows, with their scores."""

    settings: PieceSettings
    network: PieceNetwork
    tokenizer: PieceTokenizer
    pieces: Sequence[tuple[str, float]]

    @classmethod
    def load_start(cls, folder: Path, settings: PieceSettings) -> Self:
        """One that is still to be trained. Raises ModelError as `start_network` does."""
        return cls(settings, *start_network(folder, settings))

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """As `PieceTokenizer.pad`."""
        return self.tokenizer.pad(ids)

    def save(self, folder: Path) -> list[str]:
        """Write what another training may start from; return the names of the files."""
        return write_weights(folder, self.pieces, self.network.state_dict())

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels)."""
        self.network.eval()
        return score_texts(texts, self.tokenizer, partial(score_padded, self.network), _BATCH_SIZE)

    def export(self, folder: Path) -> list[str]:
        """Write what `ServedPieces.load` reads; return the names of the files. Raises ModelError when it differs."""
        self.network.eval()
        vectors = self.network.embeddings.weight.detach().numpy()
        longest = self.settings.served_pieces + 2  # with both ends
        export_reader(self.network.reader, folder / READER_FILE, vectors.shape[1], longest, Precision.INT8, _IN_FLOAT)
        line_up_bytes(folder / READER_FILE)
        save_table(vectors, folder / TABLE_FILE, folder / SCALES_FILE)
        save_pieces(folder, self.pieces)
        write_facts(folder, self.settings)
        return list(SERVED_FILES)
