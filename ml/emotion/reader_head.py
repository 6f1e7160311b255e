"""What the word network and the piece network end in, and how a window is put through them."""

from typing import NamedTuple

import numpy as np
import torch
from torch import nn

from ml.emotion.units import FloatArray
from ml.encoder.scoring import IdArray


class Output(NamedTuple):
    """What a network gives: logits (windows, labels)."""

    logits: torch.Tensor


def make_head(
    inputs: int, inner: int, dropout: float, labels: int, dense: type[nn.Linear] = nn.Linear
) -> nn.Sequential:
    """Two layers of the kind `dense`: (windows, inputs) → logits (windows, labels)."""
    return nn.Sequential(
        nn.LayerNorm(inputs),
        nn.Dropout(dropout),
        dense(inputs, inner),
        nn.GELU(),
        nn.Dropout(dropout),
        dense(inner, labels),
    )


def score_padded(network: nn.Module, numbers: IdArray, mask: IdArray) -> FloatArray:
    """Logits (windows, labels) that a network, in eval mode, gives numbers and mask, both (windows, places)."""
    device = next(network.parameters()).device
    with torch.inference_mode():
        logits = network(torch.from_numpy(numbers).to(device), torch.from_numpy(mask).to(device)).logits
    return np.asarray(logits.cpu().numpy(), dtype=np.float64)
