"""A training that is interrupted, and goes on."""

from collections.abc import Callable
from typing import TypeVar

import pytest
import torch

ModelT = TypeVar("ModelT")


def fit_interrupted(fit: Callable[[], ModelT], monkeypatch: pytest.MonkeyPatch, at: int) -> tuple[ModelT, int]:
    """Call `fit` twice, the first time interrupted in update `at`; the model, and how many updates were done."""
    done = 0
    is_first = True
    step = torch.optim.AdamW.step

    def count(*arguments: object, **options: object) -> object:
        nonlocal done
        if is_first and done == at - 1:
            raise KeyboardInterrupt
        done += 1
        return step(*arguments, **options)

    with monkeypatch.context() as patch:
        patch.setattr(torch.optim.AdamW, "step", count)
        with pytest.raises(KeyboardInterrupt):
            fit()
        is_first = False
        return fit(), done
