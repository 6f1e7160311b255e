"""Texts → windows of token ids → averaged log-probabilities. `tokenizers` and numpy only: serving needs no torch."""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from ml.encoder.task import FloatArray, Task
from ml.errors import ModelError
from ml.files import write_json
from ml.probability import log_softmax

TOKENIZER_FILE = "tokenizer.json"
WINDOWS_FILE = "windows.json"

IdArray = npt.NDArray[np.int64]
# input_ids and attention_mask, both (windows, tokens) → logits (windows, labels)
Forward = Callable[[IdArray, IdArray], FloatArray]


@dataclass(frozen=True, slots=True)
class Windows:
    """Token ids with special tokens; ids[i] is a part of the text text_of[i]."""

    ids: list[list[int]]
    text_of: list[int]


class WindowTokenizer:
    """A task's tokenizer: it cuts texts of more than `max_tokens` tokens in windows that share `overlap` tokens."""

    def __init__(self, tokenizer: Tokenizer, task: Task, *, max_tokens: int, overlap: int, pad_id: int) -> None:
        self.task = task
        self.max_tokens = max_tokens
        self.overlap = overlap
        self.pad_id = pad_id
        self.tokenizer = tokenizer
        tokenizer.no_padding()
        tokenizer.enable_truncation(max_tokens, stride=overlap)

    @classmethod
    def load(cls, folder: Path, task: Task) -> Self:
        """Read what `save` wrote. Raises ModelError when it is missing, damaged or for other labels."""
        path = folder / WINDOWS_FILE
        try:
            facts = json.loads(path.read_text(encoding="utf-8"))
            text = (folder / TOKENIZER_FILE).read_text(encoding="utf-8")
            sizes = {name: int(facts[name]) for name in ("max_tokens", "overlap", "pad_id")}
            labels = facts["labels"]
        except OSError as error:
            raise ModelError(f"{error.filename}: {error.strerror}. Train the model again.") from None
        except (ValueError, KeyError, TypeError) as error:
            raise ModelError(f"{path}: damaged ({error!r}). Train the model again.") from None
        if labels != list(task.labels):
            raise ModelError(f"{folder}: the model has other labels than {', '.join(task.labels)}. Train it again.")
        return cls(parse_tokenizer(text, folder / TOKENIZER_FILE), task, **sizes)

    def save(self, folder: Path) -> list[str]:
        """Write tokenizer and sizes; return the file names."""
        self.tokenizer.save(str(folder / TOKENIZER_FILE))
        sizes = {"max_tokens": self.max_tokens, "overlap": self.overlap, "pad_id": self.pad_id}
        write_json(folder / WINDOWS_FILE, {**sizes, "labels": list(self.task.labels)})
        return [TOKENIZER_FILE, WINDOWS_FILE]

    def split(self, texts: Sequence[str]) -> Windows:
        """Normalise and tokenize texts. Any `str` is accepted; each has at least one window."""
        windows = Windows([], [])
        for row, text in enumerate(texts):
            # One by one: a batch would start a pool of threads, which no served text is worth and no fork survives.
            encoding = self.tokenizer.encode(self.task.normalize(text))
            for window in (encoding, *encoding.overflowing):
                windows.ids.append(window.ids)
                windows.text_of.append(row)
        return windows

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """Pad windows to the longest of them: input_ids and attention_mask, int64 (windows, tokens)."""
        lengths = np.array([len(window) for window in ids])
        mask = (np.arange(lengths.max()) < lengths[:, None]).astype(np.int64)
        padded = np.full(mask.shape, self.pad_id, dtype=np.int64)
        padded[mask == 1] = np.concatenate(ids)
        return padded, mask


def parse_tokenizer(text: str, path: Path) -> Tokenizer:
    """The tokenizer of a tokenizer.json. Raises ModelError that names `path` when it is none."""
    # Checked here, because the library raises a bare Exception, which no caller could tell from a bug.
    try:
        content = json.loads(text)
    except ValueError as error:
        raise ModelError(f"{path}: damaged ({error}). Train the model again.") from None
    if not isinstance(content, dict) or not isinstance(content.get("model"), dict) or "vocab" not in content["model"]:
        raise ModelError(f"{path}: not a tokenizer of the `tokenizers` library. Train the model again.")
    return Tokenizer.from_str(text)


def score_texts(texts: Sequence[str], tokenizer: WindowTokenizer, forward: Forward, batch_size: int) -> FloatArray:
    """Log-probabilities (texts, labels); the windows of a text count alike.

    Windows of like length share a batch: padding is most of the work otherwise.
    """
    windows = tokenizer.split(texts)
    logits = np.zeros((len(windows.ids), len(tokenizer.task.labels)))
    order = sorted(range(len(windows.ids)), key=lambda row: len(windows.ids[row]))
    for start in range(0, len(order), batch_size):
        rows = order[start : start + batch_size]
        logits[rows] = forward(*tokenizer.pad([windows.ids[row] for row in rows]))
    return average_windows(log_softmax(logits), windows.text_of, len(texts))


def average_windows(log_probabilities: FloatArray, text_of: Sequence[int], text_count: int) -> FloatArray:
    """The normalised geometric mean of each text's windows: (windows, labels) → (texts, labels)."""
    rows = np.asarray(text_of, dtype=np.int64)
    sums = np.zeros((text_count, log_probabilities.shape[1]))
    np.add.at(sums, rows, log_probabilities)
    return log_softmax(sums / np.bincount(rows, minlength=text_count)[:, None])
