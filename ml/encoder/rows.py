"""The windows that a run learns from, what each is to be read as, and how a reading is scored."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional

from ml.encoder.windows import WindowTokenizer
from ml.errors import DataError

# More unknown tokens than this, and the checkpoint was not made for this language.
_MOST_UNKNOWN = 0.5
_UNKNOWN_TOKENS = ("[UNK]", "<unk>")

# logits (windows, outputs) and targets (windows, …) → the loss of each window
Losses = Callable[[torch.Tensor, torch.Tensor], torch.Tensor]


@dataclass(frozen=True, slots=True)
class Rows:
    """Windows: token ids, target and weight of each, and the id of the unknown token; weights have the mean 1.

    Targets, float32, are shares of the labels (windows, labels) or tags (windows, tags) in 0..1, NaN where nobody gave
    one.
    """

    ids: list[list[int]]
    targets: torch.Tensor
    weights: torch.Tensor
    unknown_id: int | None

    def drop_tokens(self, ids: torch.Tensor, mask: torch.Tensor, share: float) -> torch.Tensor:
        """Token ids (windows, tokens), that share of them unknown, by torch's random numbers; the ends stay.

        A reading that does not hang on one word, at less cost on a CPU than dropout in every layer.
        """
        if not share or self.unknown_id is None:
            return ids
        inner = mask.clone()
        inner[:, 0] = 0
        inner.scatter_(1, mask.sum(dim=1, keepdim=True) - 1, 0)
        return ids.masked_fill((torch.rand(ids.shape) < share) & inner.bool(), self.unknown_id)


def build_rows(
    texts: Sequence[str], targets: torch.Tensor, weights: Sequence[float], tokenizer: WindowTokenizer
) -> Rows:
    """Every window of a long text is a row, and the windows of a text share its weight.

    Raises DataError when the tokenizer knows less than half of the tokens.
    """
    windows = tokenizer.split(texts)
    unknown = [token for name in _UNKNOWN_TOKENS if (token := tokenizer.tokenizer.token_to_id(name)) is not None]
    _require_known(windows.ids, unknown, tokenizer.task.language)
    text_of = np.array(windows.text_of)
    shared = np.asarray(weights)[text_of] / np.bincount(text_of)[text_of]
    return Rows(
        windows.ids,
        targets[torch.from_numpy(text_of)],
        torch.from_numpy((shared / shared.mean()).astype(np.float32)),
        unknown[0] if unknown else None,
    )


def label_losses(smoothing: float) -> Losses:
    """The cross-entropy of shares, `smoothing` of each target spread over all labels."""

    def losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
        return functional.cross_entropy(logits, targets, reduction="none", label_smoothing=smoothing)

    return losses


def tag_losses(logits: torch.Tensor, targets: torch.Tensor) -> torch.Tensor:
    """The mean binary cross-entropy of the tags that each window has, (windows,)."""
    known = ~targets.isnan()
    losses = functional.binary_cross_entropy_with_logits(logits, targets.nan_to_num(), reduction="none")
    mean: torch.Tensor = (losses * known).sum(dim=1) / known.sum(dim=1)
    return mean


def _require_known(ids: Sequence[Sequence[int]], unknown: Sequence[int], language: str) -> None:
    """Raise DataError when most tokens are unknown: such a run would train, and learn nothing of the texts."""
    share = float(np.isin(np.concatenate(ids), unknown).mean())
    if share > _MOST_UNKNOWN:
        raise DataError(f"the checkpoint's tokenizer does not know {share:.0%} of the tokens: take one for {language}")
