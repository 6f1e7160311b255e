"""The original's model at its size: Embedding 20,000 × 128, LSTM 128, Dense 5. Its weights are random.

Speed and memory do not depend on what the weights are. Morphemes get the number that their hash gives, in place of a
vocabulary of as many words.
"""

import zlib
from typing import Any

import numpy as np

from ml.emotion.lstm import morphemes, network  # the second also chooses Keras' backend, and must be here before Keras
from ml.emotion.lstm.settings import Analyzer, LstmSettings

keras: Any = network.keras

VOCABULARY = 20_000
LENGTH = 64  # morphemes: Keras' pad_sequences brings every text to one length
LABELS = ("기쁨", "슬픔", "분노", "불안", "당황")


class OriginalModel:
    """A KoNLPy analyser and an untrained network."""

    def __init__(self, analyzer: str) -> None:
        self._analyzer = morphemes.MorphemeAnalyzer(LstmSettings(analyzer=Analyzer(analyzer)))
        self._network = keras.Sequential(
            [
                keras.Input((LENGTH,), dtype="int32"),
                keras.layers.Embedding(VOCABULARY, 128),
                keras.layers.LSTM(128),
                keras.layers.Dense(len(LABELS), activation="softmax"),
            ]
        )

    def predict(self, text: str) -> str:
        """The label of a text, asked as Keras' own documentation and the original do."""
        return LABELS[int(self._network.predict(self._encode(text), verbose=0).argmax())]

    def predict_on_batch(self, text: str) -> str:
        """The same by Keras' quickest call, which builds no pipeline of data around one text."""
        return LABELS[int(np.asarray(self._network.predict_on_batch(self._encode(text))).argmax())]

    def _encode(self, text: str) -> Any:
        ids = [1 + zlib.crc32(word.encode()) % (VOCABULARY - 1) for word in self._analyzer.analyze(text)[-LENGTH:]]
        return np.array([[0] * (LENGTH - len(ids)) + ids], dtype=np.int32)
