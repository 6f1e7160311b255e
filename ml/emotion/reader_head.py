"""What the word network and the piece network end in."""

from typing import NamedTuple

import torch
from torch import nn


class Output(NamedTuple):
    """What a network gives: logits (windows, labels)."""

    logits: torch.Tensor


def make_head(inputs: int, inner: int, dropout: float, labels: int) -> nn.Sequential:
    """Two dense layers: (windows, inputs) → logits (windows, labels)."""
    return nn.Sequential(
        nn.LayerNorm(inputs),
        nn.Dropout(dropout),
        nn.Linear(inputs, inner),
        nn.GELU(),
        nn.Dropout(dropout),
        nn.Linear(inner, labels),
    )
