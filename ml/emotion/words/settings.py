"""The settings of a word network."""

from dataclasses import dataclass, field

from ml.emotion.features import FeatureSettings


@dataclass(frozen=True, slots=True)
class WordSettings:
    """Everything that shapes a word network. Raises ValueError for values that cannot be meant.

    The fields that `ml.encoder.settings.TransformerSettings` has as well mean the same.
    """

    # A word is the sum of the vectors of its characters' and letters' n-grams and of its own (Bojanowski et al. 2017).
    features: FeatureSettings = field(
        default_factory=lambda: FeatureSettings(bits=15, char_max=4, jamo_min=3, jamo_max=5, word_max=1)
    )
    width: int = 160
    layers: int = 2
    heads: int = 4
    pools: int = 4  # weighted means of the words that the head reads
    max_words: int = 64  # of one window
    dropout: float = 0.1
    label_weight: float = 2.0  # of a labelled text; of one that a teacher read it is 1
    label_smoothing: float = 0.05
    seed: int = 0
    epochs: int = 6
    patience: int = 6
    batch_size: int = 64
    accumulation: int = 1
    learning_rate: float = 1e-3
    warmup: float = 0.06
    weight_decay: float = 0.01
    layer_decay: float = 1.0
    token_dropout: float = 0.1
    max_gradient_norm: float = 1.0
    save_every: int = 500

    def __post_init__(self) -> None:
        sizes = (self.width, self.layers, self.heads, self.pools, self.max_words, self.epochs, self.patience)
        if min(*sizes, self.batch_size, self.accumulation, self.save_every) < 1:
            raise ValueError("sizes and counts have to be 1 or more")
        if self.width % self.heads or self.width % 2:
            raise ValueError("width has to be even, and heads has to divide it")
        if self.learning_rate <= 0 or self.max_gradient_norm <= 0 or self.label_weight <= 0:
            raise ValueError("learning_rate, max_gradient_norm and label_weight have to be above 0")
