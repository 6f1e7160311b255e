"""A word network as it is served: numpy for the words' vectors, ONNX Runtime for what reads them."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
import onnxruntime as ort

from ml.emotion.features import FeatureSettings, hash_batch
from ml.emotion.folder import read_facts_of
from ml.emotion.sessions import WINDOWS_AT_ONCE, open_session
from ml.emotion.tables import Table, Vectors
from ml.emotion.transformer.task import EMOTION_TASK
from ml.emotion.units import FloatArray
from ml.emotion.words.tokenizer import WordTokenizer
from ml.encoder.scoring import IdArray, Windows, average_windows, score_windows
from ml.encoder.task import Task
from ml.probability import log_softmax

READER_FILE = "words.onnx"
TABLE_FILE, SCALES_FILE = "words_table.npy", "words_scales.npy"
FACTS_FILE = "words.json"
SERVED_FILES = (READER_FILE, TABLE_FILE, SCALES_FILE, FACTS_FILE)
# So few that what is added up stays small, whatever the length of a text.
_WORDS_AT_ONCE = 32
_FLOAT_WINDOWS_AT_ONCE = 4


@dataclass(frozen=True, slots=True)
class ServedWords:
    """A loaded word network. Thread-safe."""

    session: ort.InferenceSession
    table: Table
    features: FeatureSettings
    max_words: int
    task: Task = EMOTION_TASK

    @classmethod
    def load(cls, folder: Path, task: Task = EMOTION_TASK) -> Self:
        """Load what `WordModel.export` wrote of a network for that task.

        Raises ModelError when a file is missing or damaged.
        """
        features, max_words = read_facts_of(
            folder / FACTS_FILE, lambda facts: (FeatureSettings(**facts["features"]), int(facts["max_words"]))
        )
        table = Table.load(folder / TABLE_FILE, folder / SCALES_FILE, 1 << features.bits)
        return cls(open_session(folder / READER_FILE), table, features, max_words, task)

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, labels). Any `str` is accepted, blank ones included."""
        windows, logits = self.score_windows(texts)
        return average_windows(log_softmax(logits), windows, len(texts))

    def score_windows(self, texts: Sequence[str]) -> tuple[Windows, FloatArray]:
        """The windows that the texts are cut in, and their logits (windows, labels)."""
        tokenizer = WordTokenizer(self.max_words, self.task)
        windows = tokenizer.split(texts)
        vectors = self._embed(tokenizer.words)

        def forward(numbers: IdArray, mask: IdArray) -> FloatArray:
            (logits,) = self.session.run(["logits"], {"vectors": vectors[numbers], "mask": mask})
            return np.asarray(logits, dtype=np.float64)

        at_once = WINDOWS_AT_ONCE if self.table.is_packed else _FLOAT_WINDOWS_AT_ONCE
        return windows, score_windows(windows, tokenizer, forward, at_once)

    def _embed(self, words: Sequence[str]) -> Vectors:
        """The vector of each number that a tokenizer gave, (words + 1, width): of none, then of each word."""
        vectors = np.zeros((len(words) + 1, self.table.width), dtype=np.float32)
        for start in range(0, len(words), _WORDS_AT_ONCE):
            part = words[start : start + _WORDS_AT_ONCE]
            found = hash_batch(part, self.features)
            first = np.searchsorted(found.rows, np.arange(len(part)))
            vectors[start + 1 : start + 1 + len(part)] = np.add.reduceat(self.table.take(found.buckets), first)
        return vectors
