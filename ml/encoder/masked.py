"""An encoder that reads on in a language and a style: it learns to tell the words that are hidden from it.

Masked language modelling (Devlin et al. 2019), on the texts of the task before anything is learnt of its labels
(Gururangan et al. 2020, arXiv 2004.10964).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import torch
from torch import nn
from torch.nn import functional

from ml.encoder.checkpoint import copy_tokenizer_facts, load_pretrained
from ml.encoder.model import TransformerModel, choose_device, half_precision
from ml.encoder.rows import build_rows
from ml.encoder.scoring import IdArray
from ml.encoder.settings import TransformerSettings
from ml.encoder.state import BEST_FOLDER, describe_run
from ml.encoder.task import Task
from ml.encoder.trainer import Quality, train
from ml.encoder.windows import WindowTokenizer
from ml.errors import DataError

# Of a window's tokens; more than BERT's 0.15, which is better for fine-tuning (Wettig et al. 2023, arXiv 2202.08005).
_HIDDEN_SHARE = 0.25
_MEASURED_AT_ONCE = 256
_MEASURING_SEED = 20_261_128


class Output(NamedTuple):
    """What stands for logits: the loss of each window, (windows, 1)."""

    logits: torch.Tensor


class MaskedReader(nn.Module):  # type: ignore[misc] # torch has no types
    """A classifier's encoder under a head that tells hidden tokens, whose last matrix is the embeddings'.

    A hidden token looks like an unknown one: so does `token_dropout` of the trainings that come after this one.
    """

    def __init__(self, classifier: nn.Module, unknown_id: int) -> None:
        super().__init__()
        self.classifier = classifier
        self._unknown_id = unknown_id
        words = classifier.get_input_embeddings().weight
        count, width = words.shape
        self.head = nn.Sequential(nn.Linear(width, width), nn.GELU(), nn.LayerNorm(width))
        self.bias = nn.Parameter(torch.zeros(count))
        # The embeddings are those of a sentence encoder, too large to be the rows of a softmax.
        self.scale = nn.Parameter(torch.tensor(width**-0.5 / float(words.detach().std())))

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor) -> Output:
        """Hide some tokens, never the first and the last of a window; the mean loss over those of each window."""
        inner = functional.pad(attention_mask[:, 1:], (0, 1)).bool()  # a token follows
        inner[:, 0] = False
        inner &= input_ids != self._unknown_id  # nothing tells what it was
        hidden = inner & (torch.rand(input_ids.shape, device=input_ids.device) < _HIDDEN_SHARE)
        shown = input_ids.masked_fill(hidden, self._unknown_id)
        states = self.classifier.base_model(input_ids=shown, attention_mask=attention_mask).last_hidden_state[hidden]
        words = self.classifier.get_input_embeddings().weight
        logits = functional.linear(self.head(states) * self.scale, words, self.bias)
        losses = functional.cross_entropy(logits.float(), input_ids[hidden], reduction="none")
        windows = hidden.nonzero()[:, 0]
        sums = torch.zeros(len(input_ids), device=losses.device).index_add(0, windows, losses)
        return Output((sums / hidden.sum(dim=1).clamp(min=1))[:, None])


@dataclass(frozen=True, slots=True)
class _MaskedModel:
    """What the loop of a run trains; what it saves is a checkpoint without the head, which nothing else needs."""

    network: MaskedReader
    tokenizer: WindowTokenizer

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        return self.tokenizer.pad(ids)

    def save(self, folder: Path) -> list[str]:
        return TransformerModel(self.network.classifier, self.tokenizer).save(folder)


def pretrain_masked(
    texts: Sequence[str], validation: Sequence[str], settings: TransformerSettings, folder: Path, task: Task
) -> Path:
    """Train `settings.checkpoint` on hidden words; return the folder of the best epoch, a checkpoint.

    It is resumable as `fit` is, in `folder`. Which epoch is the best, the probability that it gives to hidden words of
    the validation part decides. Raises DataError and ModelError as `fit` does, and DataError for `token_dropout`, and
    for a tokenizer that has no unknown token to hide words behind.
    """
    if settings.token_dropout:
        raise DataError("token_dropout: words are hidden as it is")
    if not texts or not validation:
        raise DataError("the training and the validation part need at least one text each")
    run = describe_run([[text] for text in texts], [[text] for text in validation], settings)
    classifier, tokenizer = load_pretrained(settings, task)
    rows = build_rows(texts, torch.zeros(len(texts), 1), [1.0] * len(texts), tokenizer)
    if rows.unknown_id is None:
        raise DataError(f"{settings.checkpoint}: its tokenizer has no unknown token to hide words behind")
    model = _MaskedModel(MaskedReader(classifier, rows.unknown_id).to(choose_device()), tokenizer)
    quality = Quality("validation probability of a hidden word", lambda: _measure_probability(model, validation))
    train(model, rows, lambda losses, _targets: losses[:, 0], quality, settings, run, folder)
    copy_tokenizer_facts(settings.checkpoint, folder / BEST_FOLDER)
    return folder / BEST_FOLDER


def _measure_probability(model: _MaskedModel, texts: Sequence[str]) -> float:
    """The geometric mean of the probability of a hidden word, over windows; the same words are hidden every time."""
    network = model.network.eval()
    device = network.bias.device
    torch.manual_seed(_MEASURING_SEED)
    windows = model.tokenizer.split(texts).ids
    losses = []
    with torch.inference_mode(), half_precision(device):
        for start in range(0, len(windows), _MEASURED_AT_ONCE):
            ids, mask = (
                torch.from_numpy(array).to(device) for array in model.pad(windows[start : start + _MEASURED_AT_ONCE])
            )
            losses.append(network(input_ids=ids, attention_mask=mask).logits.cpu())
    return float(torch.exp(-torch.cat(losses).mean()))
