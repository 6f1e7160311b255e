"""Texts → windows of token ids. `tokenizers` and numpy only: serving needs no torch."""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

from tokenizers import Tokenizer

from ml.encoder.scoring import IdArray, Windows, pad_windows
from ml.encoder.task import Task
from ml.errors import ModelError
from ml.files import write_json

TOKENIZER_FILE = "tokenizer.json"
WINDOWS_FILE = "windows.json"


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
        return pad_windows(ids, self.pad_id)


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
