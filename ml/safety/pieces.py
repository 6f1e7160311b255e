"""A text as the crisis model's n-grams read it: short pieces, and windows of one piece or two neighbours."""

import re
import sys

import numpy as np
import numpy.typing as npt

from ml.emotion.text import normalize_spans, split_sentences
from ml.safety.rules import leave_out_harmless

LONGEST = 80  # characters of a piece; a longer sentence is cut between words
_CUT = 50
# Letters that have to be left of a sentence: the 했다 of a friend's words would be weighed as a whole sentence.
_SHORTEST = 5
# Only of such sentences can a denial or a figure of speech mislead; to look for one in each would be slow.
_DYING = re.compile("[죽살뒤]|자해")

IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]


def split_pieces(text: str) -> list[str]:
    """The sentences, normalised (ml.emotion.text), long ones cut, without what only sounds like a crisis.

    At least one, which may be empty.
    """
    pieces: list[str] = []
    for sentence in normalize_spans(text, split_sentences(text, limit=sys.maxsize)):
        earnest = leave_out_harmless(sentence).strip() if _DYING.search(sentence) else sentence
        if len(earnest) >= min(_SHORTEST, len(sentence)):
            pieces += [earnest] if len(earnest) <= LONGEST else _cut(earnest)
    return pieces or [""]


def window_bounds(count: int) -> tuple[IntArray, IntArray]:
    """First and last piece of every window of a text of `count` pieces: (2 count - 1,) each, single pieces first.

    Two neighbours are read together because one often tells what the other means; and because all windows count for
    themselves, one telling sentence in a long ordinary day is enough.
    """
    singles = np.arange(count)
    return np.concatenate([singles, singles[:-1]]), np.concatenate([singles, singles[1:]])


def _cut(sentence: str) -> list[str]:
    """Pieces of whole words, about _CUT characters each."""
    pieces, current = [], ""
    for word in sentence.split(" "):
        if current and len(current) + len(word) >= _CUT:
            pieces.append(current)
            current = word
        else:
            current = f"{current} {word}" if current else word
    return [*pieces, current]
