"""What is scored for a text (the whole and each sentence), and how their scores become one prediction."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ml.emotion.text import normalize, normalize_spans, split_sentences

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Units:
    """The normalised texts to score in one batch. Text i of the input owns the whole `whole[i]` and `sentences[i]`."""

    texts: list[str]
    whole: list[int]  # index into texts
    sentences: list[list[int]]  # indices into texts; equals [whole] where the text is one sentence
    spans: list[list[tuple[int, int]]]  # offsets of the sentences into the original text

    @property
    def whole_texts(self) -> list[str]:
        """The whole texts, in the order of the input."""
        return [self.texts[whole] for whole in self.whole]


def split_units(texts: Sequence[str]) -> Units:
    """Normalise texts and their sentences; a text of one sentence is scored once."""
    units = Units([], [], [], [])
    for text in texts:
        spans = split_sentences(text)
        whole = len(units.texts)
        units.texts.append(normalize(text))
        units.whole.append(whole)
        units.spans.append(spans)
        if len(spans) <= 1:
            units.sentences.append([whole] * len(spans))
            continue
        units.sentences.append(list(range(whole + 1, whole + 1 + len(spans))))
        units.texts.extend(normalize_spans(text, spans))
    return units


def combine(probabilities: FloatArray, units: Units, sentence_share: float) -> FloatArray:
    """Mix each whole text's probabilities with the mean of its sentences', weighted by their length.

    probabilities: (units, 6). Returns (texts, 6), rows summing to 1. `sentence_share` in 0..1 is chosen on validation.
    """
    combined = np.array(probabilities[units.whole], dtype=np.float64).reshape(len(units.whole), -1)
    for row, members in enumerate(units.sentences):
        if len(members) > 1:
            lengths = [len(units.texts[member]) + 1e-9 for member in members]
            mean = np.average(probabilities[members], axis=0, weights=lengths)
            combined[row] = (1 - sentence_share) * combined[row] + sentence_share * mean
    return combined
