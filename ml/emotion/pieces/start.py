"""What a piece network starts its training from: an encoder's weights, the best epoch of an earlier run, or a model.

The first two are a folder with pieces and weights, named as in `PieceNetwork`; what `ml.emotion.pieces.universal`
writes of an encoder has no head yet. A run keeps its best epoch in `best` of its state. What a model serves has lost
the digits that its training would have kept: vectors were rounded to four bits, matrices to seven.
"""

from pathlib import Path
from typing import NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ml.emotion.pieces.network import Convolutions, PieceNetwork
from ml.emotion.pieces.served import READER_FILE, SCALES_FILE, TABLE_FILE, ServedPieces
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.tokenizer import PIECES_FILE, PieceTokenizer, read_pieces, save_pieces
from ml.emotion.pieces.vocabulary import Pieces
from ml.emotion.reader_weights import read_weights
from ml.emotion.tables import Vectors
from ml.encoder.model import write_tensors
from ml.errors import ModelError
from ml.manifest import hash_files

WEIGHTS_FILE = "pieces.safetensors"
_ADVICE = (
    "Make it anew (python -m ml.emotion.pieces.universal), name another model, or give the settings that it was "
    "trained with."
)
_READER = "reader."
_VECTORS, _CONVOLUTIONS = "embeddings.weight", f"{_READER}layers.0."


def write_start(folder: Path, pieces: Pieces, vectors: Vectors, convolutions: Convolutions) -> None:
    """Write pieces, their vectors (numbers, rank) and the convolutions that read them."""
    tensors = {_CONVOLUTIONS + name: values for name, values in convolutions.state_dict().items()}
    write_weights(folder, pieces, tensors | {_VECTORS: torch.from_numpy(vectors)})


def write_weights(folder: Path, pieces: Pieces, tensors: dict[str, torch.Tensor]) -> list[str]:
    """Write pieces and weights, each in one step; return the names of the files."""
    folder.mkdir(parents=True, exist_ok=True)
    save_pieces(folder, pieces)
    write_tensors(folder / WEIGHTS_FILE, tensors, {"format": "pt"})
    return [WEIGHTS_FILE, PIECES_FILE]


class Start(NamedTuple):
    """A network with the weights that its training begins with, its tokenizer, and the pieces that this one knows."""

    network: PieceNetwork
    tokenizer: PieceTokenizer
    pieces: list[tuple[str, float]]


def start_network(folder: Path, settings: PieceSettings) -> Start:
    """What the folder holds. A head that its weights lack is as the seed has it.

    Raises ModelError when a file is missing, damaged or of another shape.
    """
    tokenizer = PieceTokenizer.load(folder, settings.max_pieces, settings.longest_text)
    is_served = not _is_start(folder)
    path = folder / (READER_FILE if is_served else WEIGHTS_FILE)
    try:
        tensors = _restore(folder) if is_served else load_file(path)
        vectors = tensors[_VECTORS]
        if vectors.ndim != 2 or len(vectors) != len(tokenizer):
            raise ModelError(f"{path}: has another number of vectors than {PIECES_FILE}. {_ADVICE}")
        if vectors.shape[1] % 2:
            raise ModelError(f"{path}: its vectors' width is odd, and can't be served in four bits. {_ADVICE}")
        torch.manual_seed(settings.seed)
        network = PieceNetwork(settings, len(tokenizer), vectors.shape[1])
        head = {name for name in network.state_dict() if not name.startswith((_VECTORS, _CONVOLUTIONS))}
        lacking, unknown = network.load_state_dict(tensors, strict=False)
        if unknown or (lacking and (is_served or set(lacking) != head)):
            raise ModelError(f"{path}: is of another network ({', '.join([*lacking, *unknown])}). {_ADVICE}")
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise ModelError(f"{path}: {error}. {_ADVICE}") from error
    return Start(network, tokenizer, list(read_pieces(folder)))


def check_starts(start: Path, back_to: Path | None, settings: PieceSettings) -> None:
    """Before an hour of training: raises ModelError where a network can't be read, or the two are not alike."""
    begun = start_network(start, settings)
    if not back_to:
        return
    earlier = start_network(back_to, settings)
    width, earlier_width = begun.network.embeddings.embedding_dim, earlier.network.embeddings.embedding_dim
    if (earlier.pieces, earlier_width) != (begun.pieces, width):
        raise ModelError(f"{back_to}: its network has other pieces or vectors than that of {start}: name one like it")


def _is_start(folder: Path) -> bool:
    """Whether the folder was written to start from: one without the weights may hold a network that is served."""
    return (folder / WEIGHTS_FILE).exists() or not (folder / READER_FILE).exists()


def _restore(folder: Path) -> dict[str, torch.Tensor]:
    """The weights of a network that is served, as far as rounding has left them."""
    found = read_weights(folder / READER_FILE)
    tensors = {f"{_READER}{name}": found[name] for name in found if name.endswith((".weight", ".bias"))}
    return tensors | {_VECTORS: torch.from_numpy(ServedPieces.load(folder).table.restore())}


def hash_start(folder: Path) -> str:
    """SHA-256 of what `start_network` reads. Raises ModelError where it is not there."""
    weights = [WEIGHTS_FILE] if _is_start(folder) else [READER_FILE, TABLE_FILE, SCALES_FILE]
    try:
        return hash_files(folder, [*weights, PIECES_FILE])
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}. {_ADVICE}") from None
