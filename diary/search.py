"""Finds words in texts: parts of words count, and Korean particles and blanks are no obstacle. Standard library only.

Texts are searched in memory, one by one: what is stored may be unreadable to the database.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice

# A search is a few words; each one more makes it slower.
MAX_WORDS = 20
# A word of so many characters is also found where blanks part it, as Korean spelling lets them: 비행기표, 비행기 표.
# Two or three would be found in neighbours that have nothing to do with each other.
SPLIT_FROM, SPLIT_TO = 4, 50
EXCERPT_LENGTH = 160
# What of an excerpt stands before the first hit: little, so that a card that shows two lines on a phone shows the hit.
LEAD = 14

# The particles (조사) of Korean that a noun of a diary ends in, by what they follow: anything, a final consonant, or a
# vowel. After Standard Korean Dictionary (National Institute of Korean Language), entries of the part of speech 조사.
_AFTER_ANY = (
    *("에서부터", "에게서", "한테서", "에서", "에게", "한테", "께서", "까지", "부터", "처럼", "보다", "마다", "조차"),
    *("마저", "밖에", "하고", "대로", "만큼", "에", "의", "도", "만", "께"),
)
_AFTER_CONSONANT = ("이라도", "으로", "이랑", "이나", "은", "이", "을", "과", "아")
_AFTER_VOWEL = ("라도", "로", "랑", "나", "는", "가", "를", "와", "야")
# Forms of the copula (이다), after which a noun is as whole as before a particle.
_COPULA = ("이었", "였", "이에요", "예요", "이야", "입니다", "이다", "이고", "이라", "인", "다")
_SECOND = ("은", "는", "도", "만", "의", "부터", "까지")  # after another particle: 엄마한테는

_PARTICLES = sorted({*_AFTER_ANY, *_AFTER_CONSONANT, *_AFTER_VOWEL}, key=len, reverse=True)
# Of these, one that another follows is taken off as well; a short one may be the end of the noun.
_LONG = [particle for particle in _PARTICLES if len(particle) > 1]
_NOUN_END = rf"들?(?:(?:(?:{'|'.join(_PARTICLES)})(?:{'|'.join(_SECOND)})?)?(?![가-힣])|{'|'.join(_COPULA)})"
_HANGUL = re.compile("[가-힣]+")
_FIRST_SYLLABLE, _FINALS, _FINAL_RIEUL = ord("가"), 28, 8

Terms = tuple[re.Pattern[str], ...]


@dataclass(frozen=True)
class Piece:
    """A stretch of an excerpt; `is_hit` for a word that was searched for."""

    text: str
    is_hit: bool = False


def read_terms(words: str) -> Terms:
    """What to search for: a pattern for each word, of which the first MAX_WORDS count."""
    words = unicodedata.normalize("NFC", words.replace("\x00", ""))
    return tuple(_pattern(word) for word in islice(dict.fromkeys(words.split()), MAX_WORDS))


def matches(text: str, terms: Terms) -> bool:
    """Whether every term is found in a text (NFC)."""
    return all(term.search(text) for term in terms)


def highlight(text: str, terms: Terms, length: int = EXCERPT_LENGTH) -> list[Piece]:
    """An excerpt of about `length` characters around the first hit, cut where hits begin and end.

    From the beginning where nothing is found. An ellipsis stands for what is left out; blanks are single.
    """
    text = " ".join(text.split())
    hits = _hits(text, terms)
    start = _start(text, hits[0][0]) if hits else 0
    end = min(len(text), start + length)
    pieces = [Piece("…")] if start else []
    position = start
    for first, last in hits:
        if first >= end:
            break
        last = min(last, end)
        pieces += [Piece(text[position:first])] if position < first else []
        pieces.append(Piece(text[first:last], is_hit=True))
        position = last
    pieces += [Piece(text[position:end])] if position < end else []
    return [*pieces, Piece("…")] if end < len(text) else pieces


def strip_particle(word: str) -> str:
    """The noun of a word without particles and plural: 엄마는, 엄마들한테는 → 엄마; empty where none is sure.

    A single syllable is taken for a noun only before a particle of two or more: 집에서 → 집, but 사이 is no 사.
    """
    if not _HANGUL.fullmatch(word):
        return ""
    noun = _without_particle(word)
    if word.endswith(_SECOND):
        noun = _without_particle(noun, _LONG) or noun
    return noun.removesuffix("들") if len(noun) > 2 else noun


def _without_particle(word: str, particles: Sequence[str] = _PARTICLES) -> str:
    """Like strip_particle, for one of these particles, the longest first."""
    for particle in particles:
        noun = word.removesuffix(particle)
        if noun != word and len(noun) >= (1 if len(particle) > 1 else 2) and _fits(noun, particle):
            return noun
    return ""


def _fits(noun: str, particle: str) -> bool:
    """Whether Korean would put the particle after the noun's last sound."""
    if particle in _AFTER_ANY:
        return True
    final = (ord(noun[-1]) - _FIRST_SYLLABLE) % _FINALS
    if particle in ("로", "으로"):
        return (particle == "로") == (final in (0, _FINAL_RIEUL))
    return (particle in _AFTER_CONSONANT) == bool(final)


def _pattern(word: str) -> re.Pattern[str]:
    """Finds the word as part of any other, or its noun with any particle."""
    blank = r"\s?" if SPLIT_FROM <= len(word) <= SPLIT_TO else ""
    pattern = blank.join(re.escape(character) for character in word)
    if noun := strip_particle(word):
        # The noun alone is what is marked: a particle says nothing of what was searched for.
        pattern = f"{pattern}|{re.escape(noun)}(?={_NOUN_END})"
    # Only where case is: ignoring it costs several times as much.
    has_case = word.lower() != word.upper()
    return re.compile(pattern, re.IGNORECASE if has_case else 0)


def _hits(text: str, terms: Terms) -> list[tuple[int, int]]:
    """Where the terms are found, in order, those that overlap as one."""
    merged: list[tuple[int, int]] = []
    for first, last in sorted(match.span() for term in terms for match in term.finditer(text)):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        else:
            merged.append((first, last))
    return merged


def _start(text: str, hit: int) -> int:
    """Where an excerpt begins that shows the hit early: at a word, or at the beginning where that is near."""
    if hit <= 2 * LEAD:
        return 0
    blank = text.find(" ", hit - LEAD, hit)
    return hit - LEAD if blank == -1 else blank + 1
