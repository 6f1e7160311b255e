"""What a classifier is made for: its labels, and the form in which it is shown a text."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ml.errors import DataError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Labelled(Protocol):
    """A text to learn from: its label, one of the task's, and how much it counts beside the others.

    Where `shares` is not empty it says how much of the label each of the task's labels has.
    """

    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def weight(self) -> float: ...
    @property
    def shares(self) -> tuple[float, ...]: ...


@dataclass(frozen=True, slots=True)
class Task:
    """`labels` in the order of every score vector; `probes` are texts on which an exported graph has to agree."""

    labels: tuple[str, ...]
    language: str  # of the texts, in English, for messages
    normalize: Callable[[str], str]
    probes: tuple[str, ...]

    def indices(self, labels: Iterable[str]) -> IntArray:
        """Labels as their places in `self.labels`, (n,). Raises DataError for one that the task does not have."""
        places = {label: place for place, label in enumerate(self.labels)}
        try:
            return np.array([places[label] for label in labels], dtype=np.int64)
        except KeyError as error:
            raise DataError(f"{error.args[0]!r} is none of the labels {', '.join(self.labels)}") from None

    def shares(self, examples: Sequence[Labelled]) -> FloatArray:
        """How much of each example's label each label has, (n, labels); rows sum to 1.

        Raises DataError as `indices`.
        """
        shares = np.eye(len(self.labels))[self.indices(example.label for example in examples)]
        for row, example in enumerate(examples):
            if example.shares:
                shares[row] = example.shares
        return shares
