"""Windows of token ids → log-probabilities of the texts that they are parts of. numpy only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

import numpy as np
import numpy.typing as npt

from ml.encoder.task import FloatArray, Task
from ml.probability import log_softmax

IdArray = npt.NDArray[np.int64]
# input_ids and attention_mask, both (windows, tokens) → logits (windows, labels)
Forward = Callable[[IdArray, IdArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Windows:
    """Token ids; ids[i] is a part of the text text_of[i]. Each text has at least one window."""

    ids: list[list[int]]
    text_of: list[int]


class Tokenizer(Protocol):
    """What cuts texts in windows."""

    @property
    def task(self) -> Task: ...

    def split(self, texts: Sequence[str]) -> Windows:
        """Tokenize texts."""

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """Input_ids and attention_mask of windows, padded to the longest."""


def score_texts(texts: Sequence[str], tokenizer: Tokenizer, forward: Forward, batch_size: int) -> FloatArray:
    """Log-probabilities (texts, labels); the windows of a text count alike."""
    windows = tokenizer.split(texts)
    return average_windows(log_softmax(score_windows(windows, tokenizer, forward, batch_size)), windows, len(texts))


def score_windows(windows: Windows, tokenizer: Tokenizer, forward: Forward, batch_size: int) -> FloatArray:
    """Logits (windows, labels). Windows of like length share a batch: padding is most of the work otherwise."""
    logits = np.zeros((len(windows.ids), len(tokenizer.task.labels)))
    order = sorted(range(len(windows.ids)), key=lambda row: len(windows.ids[row]))
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        logits[rows] = forward(*tokenizer.pad([windows.ids[row] for row in rows]))
    return logits


def average_windows(log_probabilities: FloatArray, windows: Windows, text_count: int) -> FloatArray:
    """The normalised geometric mean of each text's windows: (windows, labels) → (texts, labels)."""
    rows = np.asarray(windows.text_of, dtype=np.int64)
    sums = np.zeros((text_count, log_probabilities.shape[1]))
    np.add.at(sums, rows, log_probabilities)
    return log_softmax(sums / np.bincount(rows, minlength=text_count)[:, None])


def cut_evenly(ids: Sequence[int], limit: int) -> list[Sequence[int]]:
    """Cut ids in as few windows of at most `limit` as there can be, of like length; no ids are one empty window."""
    count = max(-(-len(ids) // limit), 1)
    bounds = [len(ids) * part // count for part in range(count + 1)]
    return [ids[start:end] for start, end in pairwise(bounds)]


def pad_windows(ids: Sequence[Sequence[int]], pad_id: int) -> tuple[IdArray, IdArray]:
    """Pad windows to the longest of them: ids and mask (1: a token, 0: padding), int64 (windows, tokens)."""
    lengths = np.array([len(window) for window in ids])
    mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
    padded = np.full(mask.shape, pad_id, dtype=np.int64)
    padded[mask == 1] = np.concatenate(ids)
    return padded, mask
