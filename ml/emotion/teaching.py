"""How a small network learns from labels and from what a teacher read: the same for word and piece networks."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Protocol

import numpy as np
import torch
from sklearn.metrics import f1_score

from ml.emotion.data import Example
from ml.emotion.metrics import label_indices
from ml.emotion.soft_labels import SoftLabels, hash_soft_labels
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray
from ml.encoder.model import choose_device
from ml.encoder.rows import Rows
from ml.encoder.scoring import Tokenizer
from ml.encoder.settings import RunSettings
from ml.encoder.state import describe_run
from ml.encoder.trainer import Quality, Trainable, train
from ml.labels import Emotion


class TeachingSettings(RunSettings, Protocol):
    """What a run has to know besides: how much a label counts, and how much of it is spread over all emotions."""

    @property
    def label_weight(self) -> float: ...
    @property
    def label_smoothing(self) -> float: ...


class TaughtModel(Trainable, Protocol):
    """A network, what cuts texts for it, and what it makes of them."""

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels)."""


def teach(
    model: TaughtModel,
    rows: Rows,
    validation: Sequence[Example],
    settings: TeachingSettings,
    state: Path,
    facts: Sequence[Sequence[str | float]],
) -> None:
    """Train on the rows; the network stays as the last epoch leaves it.

    The rate has fallen to nothing then, unless `patience` is less than `epochs`; which epoch validation likes best is
    chance. An interrupted run goes on from the folder `state`; `facts` are what it has to agree in. Raises DataError
    and ModelError as `ml.encoder.trainer.train` does.
    """
    model.network.to(choose_device())
    run = describe_run(facts, describe_examples(validation, np.ones(len(validation))), settings)
    quality = Quality("validation macro F1", lambda: _measure_f1(model, validation))
    train(model, rows, soft_losses, quality, settings, run, state)
    model.network.cpu()


def build_rows(
    examples: Sequence[Example],
    weights: FloatArray,
    soft: SoftLabels,
    settings: TeachingSettings,
    tokenizer: Tokenizer,
    hidden_id: int,
) -> Rows:
    """The windows of all texts, with the probabilities that each is to get; the windows of a text share its weight.

    `weights` are the examples', (n,), of mean 1; `hidden_id` takes the place of what training hides.
    """
    windows = tokenizer.split([*(example.text for example in examples), *soft.texts])
    labels = EMOTION_TASK.shares(examples)
    smoothing = settings.label_smoothing
    targets = np.concatenate([labels * (1 - smoothing) + smoothing / len(Emotion), soft.probabilities])
    text_weights = np.concatenate([weights * settings.label_weight, np.ones(len(soft))])
    text_of = np.array(windows.text_of)
    shared = text_weights[text_of] / np.bincount(text_of)[text_of]
    return Rows(
        windows.ids,
        torch.from_numpy(targets[text_of].astype(np.float32)),
        torch.from_numpy((shared / shared.mean()).astype(np.float32)),
        hidden_id,
    )


def move_back(network: torch.nn.Module, begun: torch.nn.Module, share: float) -> None:
    """Let that share of a network's weights be those of another one like it, with which its training began.

    What lies between both reads better than each of them, since training has not left the valley that it began in
    (Wortsman et al. 2022, arXiv 2109.01903).
    """
    before, learned = begun.state_dict(), network.state_dict()
    network.load_state_dict({name: torch.lerp(learned[name], before[name], share) for name in learned})


def soft_losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The cross-entropy of probabilities, (windows,): both are (windows, labels)."""
    losses: torch.Tensor = -(targets * logits.log_softmax(dim=1)).sum(dim=1)
    return losses


def describe_data(
    examples: Sequence[Example], weights: FloatArray, soft: SoftLabels, started: Mapping[str, str]
) -> list[list[str | float]]:
    """All that a run learns from, and by name what it started from, as `teach` takes it."""
    beginnings: list[list[str | float]] = [[name, value] for name, value in started.items()]
    return [*beginnings, ["soft labels", hash_soft_labels(soft)], *describe_examples(examples, weights)]


def describe_examples(examples: Sequence[Example], weights: FloatArray) -> list[list[str | float]]:
    """What is learned from each example."""
    return [
        [example.text, example.label, weight, *example.shares]
        for example, weight in zip(examples, weights.tolist(), strict=True)
    ]


def _measure_f1(model: TaughtModel, examples: Sequence[Example]) -> float:
    """Macro F1 over the labels that occur. Probabilities are no measure here: temperatures are chosen later."""
    labels = label_indices(example.label for example in examples)
    predicted = model.log_probabilities([example.text for example in examples]).argmax(axis=1)
    return float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
