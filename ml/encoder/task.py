"""What a classifier is made for: its labels, and the form in which it is shown a text."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ml.errors import DataError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


class Labelled(Protocol):
    """A text to learn from: its label, one of the task's, and how much it counts beside the others."""

    @property
    def text(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def weight(self) -> float: ...


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
