"""The settings of a fine-tuning run, and of the graph that comes of it. Needs neither torch nor transformers."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, ClassVar, Protocol


class Precision(StrEnum):
    """How a graph holds its weights."""

    FLOAT = "float"
    # Weights by column, activations by tensor: the fastest, but one large activation makes all others coarse.
    INT8 = "int8"
    # Weights and activations by block: twice as slow as INT8, and next to nothing is lost.
    BLOCKS = "blocks"


class RunSettings(Protocol):
    """What the loop of a run has to know of the settings of any network; `TransformerSettings` tells what each is."""

    __dataclass_fields__: ClassVar[dict[str, Any]]

    @property
    def seed(self) -> int: ...
    @property
    def epochs(self) -> int: ...
    @property
    def patience(self) -> int: ...
    @property
    def batch_size(self) -> int: ...
    @property
    def accumulation(self) -> int: ...
    @property
    def learning_rate(self) -> float: ...
    @property
    def warmup(self) -> float: ...
    @property
    def weight_decay(self) -> float: ...
    @property
    def layer_decay(self) -> float: ...
    @property
    def token_dropout(self) -> float: ...
    @property
    def max_gradient_norm(self) -> float: ...
    @property
    def save_every(self) -> int: ...


@dataclass(frozen=True, slots=True)
class TransformerSettings:
    """Everything that shapes a fine-tuned transformer. Raises ValueError for values that cannot be meant.

    The defaults are those of the BERT paper's fine-tuning (Devlin et al. 2019, appendix A.3) where it has them.
    """

    checkpoint: str  # a Hugging Face id ("monologg/kobert") or a local folder
    layers: int = 0  # keep so many of the first layers: a smaller, faster network; 0 keeps all
    mean_pooling: bool = False  # of a BERT: classify the mean of the tokens, as sentence encoders do, and not [CLS]
    seed: int = 0
    # One more than the paper's 4: the best epoch is kept, so a spare one costs only time. 0: the checkpoint is tuned.
    epochs: int = 5
    patience: int = 2  # epochs without a better validation macro F1: fine-tuning peaks early, then overfits
    batch_size: int = 32  # windows in one forward pass; lower it, and raise accumulation, when memory runs out
    accumulation: int = 1  # forward passes in one update
    learning_rate: float = 5e-5  # the paper's largest: small corpora, few updates
    warmup: float = 0.1  # share of all updates in which the rate rises; without it a fresh head upsets the encoder
    weight_decay: float = 0.01  # AdamW's, on matrices only: biases and norms have no scale to shrink
    layer_decay: float = 1.0  # each layer's rate over that of the layer above it; below 1, low layers change less
    label_smoothing: float = 0.0  # share of a target that is spread over all emotions (Szegedy et al. 2016)
    token_dropout: float = 0.0  # share of a window's tokens that training replaces by the unknown one
    max_gradient_norm: float = 1.0
    max_tokens: int = 128  # of one window; a diary of 200 characters fits, and time grows faster than length
    overlap: int = 32  # tokens that two windows of a long text share, so that no sentence is only seen cut in half
    save_every: int = 200  # updates between two saves within an epoch: minutes on a CPU

    def __post_init__(self) -> None:
        if min(self.patience, self.batch_size, self.accumulation, self.save_every) < 1:
            raise ValueError("patience, batch_size, accumulation and save_every have to be 1 or more")
        if min(self.epochs, self.layers) < 0:
            raise ValueError("epochs and layers have to be 0 or more")
        if self.learning_rate <= 0 or self.max_gradient_norm <= 0 or self.weight_decay < 0:
            raise ValueError("learning_rate and max_gradient_norm have to be above 0, weight_decay not below")
        if not all(0 <= share < 1 for share in (self.warmup, self.label_smoothing, self.token_dropout)):
            raise ValueError("warmup, label_smoothing and token_dropout are shares: 0 or more, below 1")
        if not 0 < self.layer_decay <= 1:
            raise ValueError("layer_decay has to be above 0, and 1 at most")
        if self.max_tokens < 8 or not 0 <= self.overlap <= self.max_tokens // 2:
            raise ValueError("max_tokens has to be 8 or more, overlap between 0 and half of it")
