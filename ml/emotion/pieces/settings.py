"""The settings of a piece network."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class PieceSettings:
    """Everything that shapes a piece network but for what `ml.emotion.pieces.universal` has fixed, and its training.

    The fields that `ml.encoder.settings.TransformerSettings` and `ml.emotion.words.settings.WordSettings` have as well
    mean the same. Raises ValueError for values that cannot be meant.
    """

    pools: int = 4  # weighted means of the places that the head reads
    head_width: int = 256
    max_pieces: int = 128  # of one window in training
    served_pieces: int = 48  # of one where it serves: it reads as well, and takes some 2 MB less of memory
    # In characters, of one text: the network takes some 15 ms for so many, and a text may have 100,000.
    longest_text: int = 1000
    dropout: float = 0.1
    label_weight: float = 3.0
    label_smoothing: float = 0.05
    seed: int = 0
    epochs: int = 4
    patience: int = 4
    batch_size: int = 64
    accumulation: int = 1
    learning_rate: float = 1e-3
    warmup: float = 0.06
    weight_decay: float = 0.01
    # What is new learns at the full rate, the convolutions and the pieces' vectors at less: they know something.
    layer_decay: float = 0.6
    token_dropout: float = 0.1
    max_gradient_norm: float = 1.0
    save_every: int = 500

    def __post_init__(self) -> None:
        sizes = (self.pools, self.head_width, self.max_pieces, self.served_pieces, self.longest_text)
        if min(*sizes, self.epochs, self.patience, self.batch_size, self.accumulation, self.save_every) < 1:
            raise ValueError("sizes and counts have to be 1 or more")
        if self.learning_rate <= 0 or self.max_gradient_norm <= 0 or self.label_weight <= 0:
            raise ValueError("learning_rate, max_gradient_norm and label_weight have to be above 0")
        if not all(0 <= share < 1 for share in (self.dropout, self.warmup, self.label_smoothing, self.token_dropout)):
            raise ValueError("dropout, warmup, label_smoothing and token_dropout have to be 0 or more, below 1")
        if self.weight_decay < 0:
            raise ValueError("weight_decay has to be 0 or more")
        if not 0 < self.layer_decay <= 1:
            raise ValueError("layer_decay has to be above 0, and 1 at most")
