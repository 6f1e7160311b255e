"""The settings of a compact model."""

from dataclasses import dataclass, field
from pathlib import Path

from ml.emotion.ngram import NgramSettings
from ml.emotion.pieces.settings import PieceSettings
from ml.emotion.soft_labels import SoftLabels
from ml.emotion.words.settings import WordSettings


@dataclass(frozen=True, slots=True)
class CompactSettings(NgramSettings):
    """Those of the n-grams and of the networks, which are trained where there are soft labels.

    A piece network needs one to start from, too.
    """

    words: WordSettings = field(default_factory=WordSettings)
    pieces: PieceSettings = field(default_factory=PieceSettings)
    # Of a network that started from another one: how much of that one's weights stays in its own. A piece network's
    # may be those of a further one (`NewNetworks.back_to`).
    start_share: float = 0.0  # of the word network
    pieces_start_share: float = 0.0

    def __post_init__(self) -> None:
        if not (0 <= self.start_share < 1 and 0 <= self.pieces_start_share < 1):
            raise ValueError("start_share and pieces_start_share have to be 0 or more, below 1")


@dataclass(frozen=True, slots=True)
class Starts:
    """What the networks start from: a model's folder, whose word network the new one goes on from, and a folder that
    `ml.emotion.pieces.start` reads. Without the first, the word network of a new model starts from chance; without the
    second, it has no piece network.
    """

    words: Path | None = None
    pieces: Path | None = None


@dataclass(frozen=True, slots=True)
class NewNetworks:
    """Networks to teach, each from its start, and what a teacher read for them; of a ready model, one without a start
    stays as it is.

    command: the one that teaches them, for the card, which tells of n-grams that may learn from other texts. back_to:
    the model whose weights the piece network keeps a share of, where those are not what it starts from.
    """

    starts: Starts
    soft: SoftLabels
    command: str = ""
    back_to: Path | None = None
