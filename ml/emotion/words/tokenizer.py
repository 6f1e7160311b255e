"""Texts → windows of numbered words. numpy only."""

from collections.abc import Sequence

from ml.emotion.text import normalize
from ml.emotion.transformer.task import EMOTION_TASK
from ml.encoder.scoring import IdArray, Windows, cut_evenly, pad_windows
from ml.encoder.task import Task

NO_WORD = 0  # padding, a word that training hides, and all that a blank text has


class WordTokenizer:
    """Numbers words from 1 on, in the order in which they first occur; `words[number - 1]` is the word.

    There is no vocabulary: whoever has a text to read takes a new tokenizer.
    """

    def __init__(self, max_words: int, task: Task = EMOTION_TASK) -> None:
        self.task = task
        self.max_words = max_words
        self.words: list[str] = []
        self._numbers: dict[str, int] = {}

    def split(self, texts: Sequence[str]) -> Windows:
        """Number the words of normalised texts; a text of more than `max_words` is cut in windows of like length."""
        windows = Windows([], [])
        for row, text in enumerate(texts):
            ids = [self._number(word) for word in normalize(text).split(" ") if word] or [NO_WORD]
            parts = cut_evenly(ids, self.max_words)
            windows.ids.extend(map(list, parts))
            windows.text_of.extend([row] * len(parts))
        return windows

    def pad(self, ids: Sequence[Sequence[int]]) -> tuple[IdArray, IdArray]:
        """Pad windows to the longest of them: numbers and mask (1: a word), int64 (windows, words)."""
        return pad_windows(ids, NO_WORD)

    def _number(self, word: str) -> int:
        number = self._numbers.get(word)
        if number is None:
            self.words.append(word)
            number = self._numbers[word] = len(self.words)
        return number
