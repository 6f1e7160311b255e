"""An encoder taught by the tags of other people's label sets, before the fine-tuning on few labels of one's own.

Intermediate training (Phang et al. 2018, arXiv 1811.01088) with several label sets at once: every text has the tags of
its own set, and the others are unknown for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch

from ml.encoder.checkpoint import copy_tokenizer_facts, load_pretrained
from ml.encoder.model import TransformerModel, choose_device
from ml.encoder.rows import build_rows, tag_losses
from ml.encoder.settings import TransformerSettings
from ml.encoder.state import BEST_FOLDER, describe_run
from ml.encoder.task import Task
from ml.encoder.trainer import Quality, train
from ml.errors import DataError


@dataclass(frozen=True, slots=True)
class Tagged:
    """A text and, by name, how true each tag of its label set is of it, in 0..1."""

    text: str
    tags: dict[str, float]


def pretrain(
    texts: Sequence[Tagged], validation: Sequence[Tagged], settings: TransformerSettings, folder: Path, task: Task
) -> Path:
    """Train `settings.checkpoint` on the tags, the task's labels; return the folder of the best epoch, a checkpoint.

    It is resumable as `fit` is, in `folder`. Which epoch is the best, the probability that it gives to the validation
    part's tags decides. Raises DataError and ModelError as `fit` does.
    """
    if not texts or not validation:
        raise DataError("the training and the validation part need at least one text each")
    run = describe_run(_facts(texts), _facts(validation), settings)
    network, tokenizer = load_pretrained(settings, task)
    rows = build_rows([row.text for row in texts], _targets(texts, task), [1.0] * len(texts), tokenizer)
    model = TransformerModel(network.to(choose_device()), tokenizer)
    quality = Quality("validation probability of a tag", lambda: _measure_probability(model, validation))
    train(model, rows, tag_losses, quality, settings, run, folder)
    copy_tokenizer_facts(settings.checkpoint, folder / BEST_FOLDER)
    return folder / BEST_FOLDER


def _facts(texts: Sequence[Tagged]) -> list[list[str | dict[str, float]]]:
    return [[row.text, row.tags] for row in texts]


def _targets(texts: Sequence[Tagged], task: Task) -> torch.Tensor:
    """The tags as float32 (texts, tags), NaN for those of other label sets."""
    targets = np.full((len(texts), len(task.labels)), np.nan, dtype=np.float32)
    for row, tagged in enumerate(texts):
        targets[row, task.indices(tagged.tags)] = list(tagged.tags.values())
    return torch.from_numpy(targets)


def _measure_probability(model: TransformerModel, texts: Sequence[Tagged]) -> float:
    """The geometric mean, over texts, of the probability of a tag as it is given; of a long text the beginning."""
    network, tokenizer = model.network.eval(), model.tokenizer
    targets = _targets(texts, tokenizer.task)
    losses = []
    with torch.inference_mode():
        for start in range(0, len(texts), 64):
            windows = tokenizer.split([row.text for row in texts[start : start + 64]])
            first = np.unique(windows.text_of, return_index=True)[1]
            ids, mask = (
                torch.from_numpy(array).to(network.device)
                for array in model.pad([windows.ids[window] for window in first])
            )
            logits = network(input_ids=ids, attention_mask=mask).logits.cpu()
            losses.append(tag_losses(logits, targets[start : start + 64]))
    return float(torch.exp(-torch.cat(losses).mean()))
