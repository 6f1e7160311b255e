"""The classifiers that `ml.reviews.train` can make, seen alike: settings, fit, folder."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ml.encoder.settings import TransformerSettings
from ml.reviews.data import LabelledText
from ml.reviews.linear import LinearSettings, balanced_weights
from ml.reviews.linear import fit as fit_linear
from ml.reviews.task import REVIEW_TASK

LINEAR, TRANSFORMER, COMPACT = NAMES = ("linear", "transformer", "compact")
# The encoder that `compact` starts from, and what the original work fine-tuned.
SMALL_ENCODER = "sentence-transformers/all-MiniLM-L6-v2"
DISTILBERT = "distilbert-base-uncased"

# examples to learn from, examples to choose the best epoch on, folder to go on from, folder of the model → its files
Fit = Callable[[Sequence[LabelledText], Sequence[LabelledText], Path, Path], list[str]]


@dataclass(frozen=True, slots=True)
class Architecture:
    """One way to make a classifier. `packages` are those whose versions shape the result."""

    name: str
    settings: Any
    packages: tuple[str, ...]
    fit: Fit


def make_settings(name: str, checkpoint: str) -> Any:
    """The settings of an architecture; `checkpoint` is an id or a folder, empty for the usual one."""
    if name == LINEAR:
        return LinearSettings()
    if name == TRANSFORMER:
        # DistilBERT's usual fine-tuning: sentences are short, and the labels are learned in few epochs.
        return TransformerSettings(checkpoint or DISTILBERT, epochs=3, max_tokens=96)
    # Half of the layers of a small encoder have more to learn than a whole one: a higher rate.
    return TransformerSettings(
        checkpoint or SMALL_ENCODER,
        layers=3,
        mean_pooling=True,
        epochs=4,
        patience=4,
        learning_rate=4e-4,
        layer_decay=0.85,
        weight_decay=0.04,
        label_smoothing=0.05,
        max_tokens=96,
        overlap=16,
    )


def make_architecture(name: str, settings: Any) -> Architecture:
    """The architecture of that name with the settings of `make_settings`."""
    if name == LINEAR:
        return Architecture(name, settings, ("numpy", "scikit-learn"), _linear(settings))
    return Architecture(name, settings, ("onnxruntime", "torch", "transformers"), _encoder(settings))


def _linear(settings: LinearSettings) -> Fit:
    def fit(train: Sequence[LabelledText], validation: Sequence[LabelledText], state: Path, output: Path) -> list[str]:
        # Rare labels raised: without it hardly anything would be called love or surprise.
        balanced = [
            replace(example, weight=example.weight * float(weight))
            for example, weight in zip(train, balanced_weights(train), strict=True)
        ]
        return fit_linear(balanced, settings).save(output)

    return fit


def _encoder(settings: TransformerSettings) -> Fit:
    def fit(train: Sequence[LabelledText], validation: Sequence[LabelledText], state: Path, output: Path) -> list[str]:
        from ml.encoder import architecture as encoder  # torch: only this path needs it

        return encoder.fit(train, validation, settings, state, REVIEW_TASK).to_onnx(output).files

    return fit
