"""How titles and names are searched: one spelling for what is stored and for what is typed. Standard library only.

Hangul is taken apart into its letters (NFKD). So two syllables fill an index of trigrams, which they would not as they
are, and a syllable that is still being typed finds the one that it becomes: 사라 finds 사랑.
"""

import re
import unicodedata
from collections.abc import Sequence
from itertools import islice

MAX_WORDS = 8
# What is shorter gives an index of trigrams nothing to look up, unless it begins a word.
TRIGRAM = 3
# Letters and digits that fill a trigram: three in a row, or fewer at the edge of a word.
_FILLS_A_TRIGRAM = re.compile(r"[^\W_]{3}|[\W_][^\W_]|[^\W_]{2}[\W_]")


def fold(text: str) -> str:
    """The text without case, accents and the ways in which Unicode can write the same; blanks are single."""
    decomposed = unicodedata.normalize("NFKD", text.replace("\x00", "").casefold())
    return " ".join("".join(c for c in decomposed if not unicodedata.combining(c)).split())


def join_search_text(*texts: str) -> str:
    """What is stored to be searched: the texts folded, a blank before each, so that every word begins after one."""
    return "".join(f" {folded}" for folded in dict.fromkeys(map(fold, texts)) if folded)


def read_needles(words: str) -> list[str]:
    """What must all stand in a stored search text; of many words the first MAX_WORDS count.

    A word is found anywhere in another one; one of fewer than three letters at the beginning of words.
    """
    found = islice(dict.fromkeys(fold(words).split()), MAX_WORDS)
    return [word if len(word) >= TRIGRAM else f" {word}" for word in found]


def fills_trigrams(needles: Sequence[str]) -> bool:
    """Whether an index of trigrams can look any of them up; punctuation alone fills none."""
    return any(_FILLS_A_TRIGRAM.search(needle) for needle in needles)
