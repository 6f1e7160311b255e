"""`python -m ml.safety.find_hints`: write `hints.py` anew, after patterns of `wording` or `spoken` have changed.

A pattern's hints are letters and pairs of letters of which whatever matches it holds one. They are read from the
pattern's syntax tree; of all that it cannot do without, those are taken that fewest sentences of the corpus hold.
"""

import sys
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

from ml.emotion.corpora.own import load_corpus
from ml.emotion.text import normalize_spans, split_sentences
from ml.safety import spoken, wording
from ml.safety.wording import any_of

GROUPS = {
    "WISH_TO_DIE": wording.WISH_TO_DIE,
    "UNWILLING_TO_LIVE": wording.UNWILLING_TO_LIVE,
    "VANISHING": wording.VANISHING,
    "ACTS": wording.ACTS,
    "MEANS": wording.MEANS,
    "TOPIC": wording.TOPIC,
    "QUIET_WISH": spoken.QUIET_WISH,
    "SECRET_HARM": spoken.SECRET_HARM,
}
CORPUS = Path(__file__).resolve().parent.parent / "corpus"
OUTPUT = Path(__file__).with_name("hints.py")
_HEAD = '''"""For each pattern, in its order, the letters and letter pairs of which all that it matches holds one.

Written by `python -m ml.safety.find_hints`; `tests/ml/safety/test_hints.py` proves each row from its pattern.
"""
'''
# Each hint is a look-up more, and a letter that the corpus never shows is not quite impossible.
_PER_HINT = 1

Hints = frozenset[str]


def count_sentences(texts: Iterable[str]) -> Counter[str]:
    """How many sentences hold each letter and each pair of letters."""
    counts: Counter[str] = Counter()
    for text in texts:
        for sentence in normalize_spans(text, split_sentences(text)):
            counts.update({*sentence, *map("".join, pairwise(sentence))})
    return counts


def find_hints(pattern: str, counts: Counter[str]) -> Hints:
    """The rarest hints of a pattern. Raises ValueError when there are none."""
    hints = _rarest(parser.parse(any_of([pattern]).pattern), counts)
    if not hints:
        raise ValueError(f"nothing that this pattern cannot do without: {pattern}")
    return hints


def _rarest(items: Iterable[Any], counts: Counter[str]) -> Hints:
    """Of a parsed sequence; empty when it may match without any letter that is known."""
    choices: list[Hints] = []
    last = ""
    for code, value in items:
        if code is codes.LITERAL:
            choices += [frozenset([chr(value)]), *([frozenset([last + chr(value)])] if last else [])]
        last = chr(value) if code is codes.LITERAL else ""
        choices.append(_hints_of(code, value, counts))
    return min((hints for hints in choices if hints), key=lambda hints: _cost(hints, counts), default=frozenset())


def _hints_of(code: Any, value: Any, counts: Counter[str]) -> Hints:
    """Of one parsed item that is no letter."""
    if code is codes.IN and all(kind is codes.LITERAL for kind, _letter in value):
        return frozenset(chr(letter) for _kind, letter in value)
    if code is codes.BRANCH:
        branches = [_rarest(branch, counts) for branch in value[1]]
        return frozenset().union(*branches) if all(branches) else frozenset()
    if code is codes.SUBPATTERN:
        return _rarest(value[3], counts)
    if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] >= 1:
        return _rarest(value[2], counts)
    return frozenset()


def _cost(hints: Hints, counts: Counter[str]) -> tuple[int, list[str]]:
    return sum(counts[hint] + _PER_HINT for hint in hints), sorted(hints)


def main() -> int:
    counts = count_sentences(example.text for example in load_corpus(CORPUS))
    parts = [_HEAD]
    for name, patterns in GROUPS.items():
        rows = (f'    "{" ".join(sorted(find_hints(pattern, counts)))}",' for pattern in patterns)
        parts.append("\n".join([f"{name} = (", *rows, ")\n"]))
    OUTPUT.write_text("\n".join(parts), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
