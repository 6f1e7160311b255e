"""Training of a word network, on labels and on what a teacher read."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score

from ml.emotion.data import Example
from ml.emotion.metrics import label_indices
from ml.emotion.soft_labels import SoftLabels, hash_soft_labels
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray
from ml.emotion.words.model import WordModel
from ml.emotion.words.settings import WordSettings
from ml.emotion.words.start import hash_start, start_from
from ml.emotion.words.tokenizer import NO_WORD, WordTokenizer
from ml.encoder.model import choose_device
from ml.encoder.rows import Rows
from ml.encoder.state import describe_run
from ml.encoder.trainer import Quality, train
from ml.labels import Emotion


def fit_words(
    examples: Sequence[Example],
    weights: FloatArray,
    soft: SoftLabels,
    validation: Sequence[Example],
    settings: WordSettings,
    state: Path,
    start: Path | None = None,
) -> WordModel:
    """The network after the last epoch, where the rate has fallen to nothing; which one validation likes is chance.

    `weights` are the examples', (n,), of mean 1. With `start`, the folder of a served model, it starts from that one's
    word network and not from chance.

    An interrupted run goes on from the folder `state`, as that of `ml.encoder.fit` does. Raises DataError and
    ModelError as that one.
    """
    tokenizer = WordTokenizer(settings.max_words)
    rows = build_rows(examples, weights, soft, settings, tokenizer)
    tokenizer.split([example.text for example in validation])  # numbers their words: the network hashes them once
    model = WordModel(settings, tokenizer)
    started = []
    if start:
        start_from(start, model)
        started = [["start", hash_start(start)]]
    model.network.to(choose_device())
    run = describe_run(
        [*started, ["soft labels", hash_soft_labels(soft)], *_facts(examples, weights)],
        _facts(validation, np.ones(len(validation))),
        settings,
    )
    quality = Quality("validation macro F1", lambda: _measure_f1(model, validation))
    train(model, rows, soft_losses, quality, settings, run, state)
    model.network.cpu()
    return model


def build_rows(
    examples: Sequence[Example],
    weights: FloatArray,
    soft: SoftLabels,
    settings: WordSettings,
    tokenizer: WordTokenizer,
) -> Rows:
    """The windows of all texts, with the probabilities that each is to get; the windows of a text share its weight."""
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
        NO_WORD,
    )


def soft_losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The cross-entropy of probabilities, (windows,): both are (windows, labels)."""
    losses: torch.Tensor = -(targets * logits.log_softmax(dim=1)).sum(dim=1)
    return losses


def _facts(examples: Sequence[Example], weights: FloatArray) -> list[list[str | float]]:
    return [
        [example.text, example.label, weight, *example.shares]
        for example, weight in zip(examples, weights.tolist(), strict=True)
    ]


def _measure_f1(model: WordModel, examples: Sequence[Example]) -> float:
    """Macro F1 over the labels that occur. Probabilities are no measure here: temperatures are chosen later."""
    labels = label_indices(example.label for example in examples)
    predicted = model.log_probabilities([example.text for example in examples]).argmax(axis=1)
    return float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
