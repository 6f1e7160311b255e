"""Training of a piece network, on labels and on what a teacher read."""

from collections.abc import Sequence
from pathlib import Path

from ml.emotion.data import Example
from ml.emotion.pieces.model import PieceModel
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.pieces.start import hash_start
from ml.emotion.pieces.tokenizer import NO_PIECE
from ml.emotion.soft_labels import SoftLabels
from ml.emotion.teaching import build_rows, describe_data, move_back, teach
from ml.emotion.units import FloatArray


def fit_pieces(
    examples: Sequence[Example],
    weights: FloatArray,
    soft: SoftLabels,
    validation: Sequence[Example],
    settings: PieceSettings,
    state: Path,
    start: Path,
) -> PieceModel:
    """The network of the folder `start`, as `teach` leaves it.

    `weights` are the examples', (n,), of mean 1. An interrupted run goes on from the folder `state`. Raises DataError
    and ModelError as `teach` does, and ModelError for a folder that holds no network to start from.
    """
    model = PieceModel.load_start(start, settings)
    rows = build_rows(examples, weights, soft, settings, model.tokenizer, NO_PIECE)
    facts = describe_data(examples, weights, soft, {"start": hash_start(start)})
    teach(model, rows, validation, settings, state, facts)
    return model


def mix_with_start(folder: Path, model: PieceModel, share: float) -> None:
    """Let that share of the model's weights be those in `folder`, which it started from, or which its start did.

    As `ml.emotion.words.start.mix_with_start`. Raises ModelError as `fit_pieces` does.
    """
    move_back(model.network, PieceModel.load_start(folder, model.settings).network, share)
