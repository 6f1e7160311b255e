"""A text as the crisis model's word network reads it: windows of neighbouring sentences, of a few words each."""

import sys
from bisect import bisect_left, bisect_right
from itertools import accumulate

from ml.emotion.text import split_sentences

WINDOW_WORDS = 24  # words of a window: nine of ten phrases fit, and a sentence among others is not lost in it
_STEP = WINDOW_WORDS * 3 // 4  # half a window is dearer and finds hardly more


def split_windows(text: str, *, overlapping: bool) -> list[str]:
    """Windows of whole sentences, each as many as WINDOW_WORDS words hold; at least one, which may be empty.

    Where they overlap, each begins with the first sentence that is three quarters of a window behind where the one
    before begins, so that what two sentences say together is mostly seen together; where they don't, it begins where
    that one ends. A sentence that is longer is cut evenly.
    """
    pieces = [piece for start, end in split_sentences(text, limit=sys.maxsize) for piece in _cut(text[start:end])]
    ends = [0, *accumulate(len(piece) for piece in pieces)]
    windows: list[str] = []
    first = last = 0
    while last < len(pieces):
        last = bisect_right(ends, ends[first] + WINDOW_WORDS) - 1
        windows.append(" ".join(word for piece in pieces[first:last] for word in piece))
        first = min(last, bisect_left(ends, ends[first] + _STEP)) if overlapping else last
    return windows or [""]


def _cut(sentence: str) -> list[list[str]]:
    words = sentence.split()
    count = -(-len(words) // WINDOW_WORDS)
    return [words[len(words) * part // count : len(words) * (part + 1) // count] for part in range(count)]
