"""The settings of a hybrid model."""

from dataclasses import dataclass, field

from ml.emotion.ngram import NgramSettings
from ml.encoder.settings import Precision, TransformerSettings

EXCERPT = 200


@dataclass(frozen=True, slots=True)
class HybridSettings:
    """Everything that shapes a hybrid model. Raises ValueError for an excerpt too short to be one."""

    encoder: TransformerSettings
    ngrams: NgramSettings = field(default_factory=NgramSettings)
    # The encoder reads so many characters of a text, of its beginning and its end: its time grows with the length, and
    # one window holds them.
    excerpt: int = EXCERPT
    # How the encoder's graph holds its weights.
    precision: Precision = Precision.BLOCKS

    def __post_init__(self) -> None:
        if self.excerpt < 20:
            raise ValueError("excerpt has to be 20 characters or more")


def encoder_settings(checkpoint: str) -> TransformerSettings:
    """For a small encoder that comes from `ml.emotion.transformer.pretrain`."""
    return TransformerSettings(
        checkpoint,
        epochs=5,
        patience=5,
        learning_rate=2e-4,
        layer_decay=0.9,
        weight_decay=0.05,
        label_smoothing=0.05,
        token_dropout=0.1,
        max_tokens=128,
        overlap=16,
    )
