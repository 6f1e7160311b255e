"""The crisis model as it is served: a word network and n-grams read a text, and what the rules find is added."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, Self

import numpy as np

from ml.emotion.words.served import ServedWords
from ml.encoder.scoring import Windows
from ml.errors import ModelError
from ml.manifest import read_manifest
from ml.safety.ngrams import CrisisNgrams, FloatArray
from ml.safety.pieces import BoolArray, IntArray
from ml.safety.rules import find_english, find_sentences
from ml.safety.task import CRISIS_TASK
from ml.safety.windows import split_windows

TRAINER = "ml.safety.train"


class Reader(Protocol):
    """A word network, in training or served."""

    def score_windows(self, texts: Sequence[str]) -> tuple[Windows, FloatArray]:
        """The windows that the texts are cut in, and their logits (windows, 2)."""


@dataclass(frozen=True, slots=True)
class Found:
    """What the rules find in texts.

    sentences, owners: (sentences,), the sentences that a rule marks, and the text of each; is_english: (texts,), which
    texts say it in plain English.
    """

    sentences: list[str]
    owners: IntArray
    is_english: BoolArray

    @classmethod
    def in_texts(cls, texts: Sequence[str]) -> Self:
        """Ask the rules. Takes any strings."""
        found = [find_sentences(text) for text in texts]
        return cls(
            [sentence for own in found for sentence in own],
            np.repeat(np.arange(len(texts)), [len(own) for own in found]),
            np.array([find_english(text) for text in texts], dtype=bool),
        )

    @property
    def is_found(self) -> BoolArray:
        """In which texts a rule marks a sentence, (texts,)."""
        return np.isin(np.arange(len(self.is_english)), self.owners)


@dataclass(frozen=True, slots=True)
class Voices:
    """How much each voice counts beside the word network, in log-odds, and above which sum a text is marked."""

    ngram_share: float
    rule_bonus: float
    threshold: float

    def add(self, words: FloatArray, ngrams: FloatArray, found: Found) -> FloatArray:
        """The sum of what network, n-grams and rules say of each text, (texts,); infinite for plain English."""
        total = words + self.ngram_share * ngrams + self.rule_bonus * found.is_found
        return np.where(found.is_english, np.inf, total)


@dataclass(frozen=True, slots=True)
class CrisisModel:
    """A loaded model. Thread-safe."""

    words: ServedWords
    ngrams: CrisisNgrams
    voices: Voices

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a folder that `ml.safety.train` wrote. Raises ModelError when it is missing, damaged or another's."""
        manifest = read_manifest(folder, trainer=TRAINER)
        try:
            voices = Voices(**{name: float(value) for name, value in manifest["voices"].items()})
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise ModelError(f"{folder}: not a crisis model ({error!r}). Train it: python -m {TRAINER}") from None
        return cls(ServedWords.load(folder, CRISIS_TASK), CrisisNgrams.load(folder), voices)

    def mark(self, texts: Sequence[str]) -> BoolArray:
        """Which of the texts may speak of a crisis, (texts,). Takes any strings."""
        if not texts:
            return np.zeros(0, dtype=bool)
        found = Found.in_texts(texts)
        scores = self.voices.add(read_words(self.words, texts, found), self.ngrams.log_odds(texts), found)
        return scores > self.voices.threshold


def read_words(reader: Reader, texts: Sequence[str], found: Found) -> FloatArray:
    """The network's highest log-odds of any window of each text, (texts,).

    A sentence that the rules mark is read by itself, too: there, what stands around it hides neither that it is meant
    nor whose wish it is.
    """
    windows, owners = cut_texts(texts, found)
    cut, logits = reader.score_windows(windows)
    best = np.full(len(texts), -np.inf)
    np.maximum.at(best, owners[cut.text_of], logits[:, 1] - logits[:, 0])
    return best


def cut_texts(texts: Sequence[str], found: Found) -> tuple[list[str], IntArray]:
    """All that the network is to read of the texts, and whose each is."""
    cut = [split_windows(text, overlapping=True) for text in texts]
    owners = np.repeat(np.arange(len(texts)), [len(own) for own in cut])
    return [window for own in cut for window in own] + found.sentences, np.concatenate([owners, found.owners])
