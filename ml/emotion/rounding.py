"""In training, the rounding that a network will meet where it serves, so that its losses tell what that does.

What is computed is rounded, and gradients pass as if it were not (Jacob et al. 2018, arXiv 1712.05877; Bengio et al.
2013, arXiv 1308.3432). The piece network learns so, in float32 as its file computes to 1e-6; products in bfloat16 move
what was rounded once more. Validation during training reads in float. The word network, which loses nothing by
rounding, and that of the help card, which serves in float, learn without.
"""

from typing import Any

import torch
from torch import nn
from torch.nn import functional

from ml.emotion.tables import CLIPS, STEPS

# Of `ml.encoder.quantize` in INT8: bytes of states, seven bits of matrices.
_STATE_STEPS, _MATRIX_STEPS = 255, 64
_SMALLEST_LARGEST = 1e-12  # zeros have a scale too


class RoundedStates(nn.Module):  # type: ignore[misc] # torch has no types
    """States (windows, …) as they are, but in training in the bytes of one scale a window that they will be.

    Places that only fill a window up count for its scale too; where it serves there are none.
    """

    def forward(self, states: torch.Tensor) -> torch.Tensor:
        """States of the same shape. The scale reaches from the smallest or zero to the largest or zero."""
        if not self.training:
            return states
        flat = states.detach().flatten(1).float()
        reach = flat.amax(dim=1).clamp_min(0) - flat.amin(dim=1).clamp_max(0)
        return _round(states, reach.view(-1, *[1] * (states.dim() - 1)), _STATE_STEPS)


class RoundedLinear(nn.Linear):  # type: ignore[misc] # torch has no types
    """A dense layer that computes in training as it will in int8: a scale for each row of its matrix, seven bits.

    Its inputs, (windows, …, in), are rounded too, unless `takes_rounded`: what several layers read is rounded once.
    """

    def __init__(self, inputs: int, outputs: int, *, takes_rounded: bool = False) -> None:
        super().__init__(inputs, outputs)
        self._round_inputs = nn.Identity() if takes_rounded else RoundedStates()

    def forward(self, inputs: torch.Tensor) -> torch.Tensor:
        if not self.training:
            return super().forward(inputs)
        largest = self.weight.detach().abs().amax(dim=1, keepdim=True)
        return functional.linear(self._round_inputs(inputs), _round(self.weight, largest, _MATRIX_STEPS), self.bias)


def round_vectors(vectors: torch.Tensor) -> torch.Tensor:
    """Vectors (…, width), each as `ml.emotion.tables.save_table` writes it in four bits."""
    with torch.no_grad():
        largest = vectors.abs().amax(dim=-1, keepdim=True).clamp_min(_SMALLEST_LARGEST)
        tried = torch.stack([_clip(vectors, largest / (STEPS / clip)) for clip in CLIPS])
        errors = (tried - vectors).square().sum(dim=-1, keepdim=True)
        change = tried.take_along_dim(errors.argmin(dim=0, keepdim=True), dim=0)[0] - vectors
    return vectors + change


def _clip(vectors: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
    return (vectors / scales).round_().clamp_(-STEPS, STEPS).mul_(scales)


def _round(numbers: torch.Tensor, largest: torch.Tensor, steps: int) -> torch.Tensor:
    rounded: torch.Tensor = _PassThrough.apply(numbers, largest.clamp_min(_SMALLEST_LARGEST) / steps)
    return rounded


class _PassThrough(torch.autograd.Function):  # type: ignore[misc] # torch has no types
    """Numbers in steps of their scales, with the gradient of what they were."""

    @staticmethod
    def forward(_context: Any, numbers: torch.Tensor, scales: torch.Tensor) -> torch.Tensor:
        return (numbers / scales).round_().mul_(scales)

    @staticmethod
    def backward(_context: Any, gradient: torch.Tensor) -> tuple[torch.Tensor, None]:
        return gradient, None
