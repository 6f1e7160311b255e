"""Fine-tuning on labels, with early stopping on the macro F1 of the validation part."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from sklearn.metrics import f1_score

from ml.encoder.checkpoint import copy_tokenizer_facts, find_folder, load_pretrained
from ml.encoder.model import TransformerModel, choose_device
from ml.encoder.rows import build_rows, label_losses
from ml.encoder.settings import TransformerSettings
from ml.encoder.state import BEST_FOLDER, describe_run
from ml.encoder.task import Labelled, Task
from ml.encoder.trainer import Quality, train
from ml.errors import DataError


def fit(
    examples: Sequence[Labelled],
    validation: Sequence[Labelled],
    settings: TransformerSettings,
    checkpoint: Path,
    task: Task,
) -> TransformerModel:
    """Fine-tune `settings.checkpoint` for the task and return the model of the best epoch.

    `checkpoint` is a folder of this run alone. Its state is saved after every epoch, every `save_every` updates and on
    Ctrl+C (which is raised again); a second call goes on from there and ends in the same weights as an uninterrupted
    one, bit for bit on a CPU with the same number of threads; a GPU sums in no fixed order, so nearly there.
    `checkpoint/best` is at all times after the first epoch a model that `TransformerModel.load` reads, and after the
    last one a checkpoint to start from.

    With 0 epochs the checkpoint is itself such a model, tuned elsewhere, and is returned as it is. Otherwise raises
    DataError for empty parts or a folder of another run, ModelError for a checkpoint that cannot be used.
    """
    if not settings.epochs:
        return TransformerModel.load(find_folder(settings.checkpoint), task)
    if not examples or not validation:
        raise DataError("the training and the validation part need at least one example each")
    run = describe_run(_facts(examples), _facts(validation), settings)
    network, tokenizer = load_pretrained(settings, task)
    targets = torch.from_numpy(task.shares(examples).astype(np.float32))
    weights = [example.weight for example in examples]
    rows = build_rows([example.text for example in examples], targets, weights, tokenizer)
    model = TransformerModel(network.to(choose_device()), tokenizer)
    quality = Quality("validation macro F1", lambda: _measure_f1(model, validation))
    train(model, rows, label_losses(settings.label_smoothing), quality, settings, run, checkpoint)
    copy_tokenizer_facts(settings.checkpoint, checkpoint / BEST_FOLDER)
    return TransformerModel.load(checkpoint / BEST_FOLDER, task)


def _facts(examples: Sequence[Labelled]) -> list[list[str | float]]:
    return [[example.text, example.label, example.weight, *example.shares] for example in examples]


def _measure_f1(model: TransformerModel, examples: Sequence[Labelled]) -> float:
    """Macro F1 over the labels that occur."""
    labels = model.tokenizer.task.indices(example.label for example in examples)
    predicted = model.log_probabilities([example.text for example in examples]).argmax(axis=1)
    return float(f1_score(labels, predicted, labels=np.unique(labels), average="macro", zero_division=0))
