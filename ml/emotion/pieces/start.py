"""What a piece network starts its training from: the folder that `ml.emotion.pieces.universal` writes."""

from pathlib import Path

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file

from ml.emotion.pieces.network import Convolutions, PieceNetwork
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.tokenizer import PIECES_FILE, Pieces, PieceTokenizer, save_pieces
from ml.emotion.tables import Vectors
from ml.encoder.model import write_tensors
from ml.errors import ModelError
from ml.manifest import hash_files

START_FILE = "start.safetensors"
_ADVICE = "Make it anew: python -m ml.emotion.pieces.universal"
_VECTORS, _CONVOLUTIONS = "vectors", "convolutions."


def write_start(folder: Path, pieces: Pieces, vectors: Vectors, convolutions: Convolutions) -> None:
    """Write pieces, their vectors (numbers, rank) and the convolutions that read them."""
    folder.mkdir(parents=True, exist_ok=True)
    save_pieces(folder, pieces)
    tensors = {_CONVOLUTIONS + name: values for name, values in convolutions.state_dict().items()}
    write_tensors(folder / START_FILE, tensors | {_VECTORS: torch.from_numpy(vectors)}, {"format": "pt"})


def start_network(folder: Path, settings: PieceSettings) -> tuple[PieceNetwork, PieceTokenizer]:
    """A network with the weights of the folder, its head as the seed has it, and its tokenizer.

    Raises ModelError when a file is missing, damaged or of another shape.
    """
    tokenizer = PieceTokenizer.load(folder, settings.max_pieces, settings.longest_text)
    path = folder / START_FILE
    try:
        tensors = load_file(path)
        vectors = tensors.pop(_VECTORS)
        if vectors.ndim != 2 or len(vectors) != len(tokenizer):
            raise ModelError(f"{path}: has another number of vectors than {PIECES_FILE}. {_ADVICE}")
        torch.manual_seed(settings.seed)
        network = PieceNetwork(settings, len(tokenizer), vectors.shape[1])
        network.reader.layers[0].load_state_dict(
            {name.removeprefix(_CONVOLUTIONS): values for name, values in tensors.items()}
        )
        with torch.no_grad():
            network.embeddings.weight.copy_(vectors)
    except (OSError, SafetensorError, KeyError, RuntimeError) as error:
        raise ModelError(f"{path}: {error}. {_ADVICE}") from error
    return network, tokenizer


def hash_start(folder: Path) -> str:
    """SHA-256 of what `start_network` reads. Raises ModelError where it is not there."""
    try:
        return hash_files(folder, [START_FILE, PIECES_FILE])
    except OSError as error:
        raise ModelError(f"{error.filename}: {error.strerror}. {_ADVICE}") from None
