"""Many patterns against one sentence, trying only those whose hint it holds: there are hundreds, and few can match."""

import functools
import re
from collections import defaultdict
from collections.abc import Iterable
from enum import Enum, auto
from itertools import pairwise

from ml.safety.wording import any_of


class Kind(Enum):
    """What a pattern tells of, which decides what else has to be asked of its sentence."""

    WISH = auto()  # a wish to die, or harm done to oneself
    MEANS = auto()
    TOPIC = auto()


class PatternIndex:
    """Patterns by their hints: letters, and pairs of letters, of which a sentence needs one to match the pattern.

    A pattern is compiled when the first sentence holds a hint of it: all of them at once take longer than the rest of
    `ml`, at every start of the site.
    """

    def __init__(self) -> None:
        self._by_letter: defaultdict[str, list[tuple[Kind, str]]] = defaultdict(list)
        self._by_pair: defaultdict[tuple[str, ...], list[tuple[Kind, str]]] = defaultdict(list)

    def add(self, kind: Kind, patterns: Iterable[str], hints: Iterable[str]) -> None:
        """Take in patterns (`wording.any_of`), each with its hints, between blanks.

        Raises ValueError when there are more of one than of the other.
        """
        for pattern, words in zip(patterns, hints, strict=True):
            for word in words.split():
                if len(word) == 1:
                    self._by_letter[word].append((kind, pattern))
                else:
                    self._by_pair[tuple(word)].append((kind, pattern))

    def find(self, sentence: str) -> set[Kind]:
        """Of which kinds the sentence matches a pattern."""
        candidates = [self._by_letter[letter] for letter in self._by_letter.keys() & sentence]
        candidates += [self._by_pair[pair] for pair in self._by_pair.keys() & pairwise(sentence)]
        found: set[Kind] = set()
        for patterns in candidates:
            found.update(kind for kind, each in patterns if kind not in found and _compiled(each).search(sentence))
        return found


@functools.cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return any_of([pattern])
