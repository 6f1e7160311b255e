"""Feature hashing of character, jamo and word n-grams, whole batches at a time in numpy, no vocabulary."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

_Codes = npt.NDArray[np.uint64]
_Rows = npt.NDArray[np.int64]

_SEPARATOR = 0  # NUL never survives normalisation
_SPACE = 32
_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)  # 2^64 / golden ratio: Fibonacci hashing (Knuth, TAOCP vol. 3, 6.4)
_SHIFT = np.uint64(33)
# Finaliser of MurmurHash3 (Appleby, public domain): arithmetic modulo 2^64, so equal on every platform.
_MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
_MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)

_HANGUL_FIRST, _HANGUL_LAST = 0xAC00, 0xD7A3
_VOWELS, _FINALS = 21, 28


@dataclass(frozen=True, slots=True)
class FeatureSettings:
    """Which n-grams are hashed, and into how many buckets. Zero as a longest length turns a view off."""

    bits: int = 19
    char_max: int = 4  # characters, spaces included, so that word boundaries are seen
    compact_max: int = 0  # characters with all spaces taken out: robust to missing spaces
    jamo_min: int = 4
    jamo_max: int = 6  # letters of the syllables: robust to typing errors and endings
    word_max: int = 0  # whole words


class HashedBatch(NamedTuple):
    """The distinct features of a batch, sorted by row and bucket; three arrays of one length."""

    buckets: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    counts: npt.NDArray[np.float32]


def hash_batch(texts: Sequence[str], settings: FeatureSettings) -> HashedBatch:
    """Hash the n-grams of normalised texts; row i of the batch is texts[i]."""
    codes, rows = _concatenate(texts)
    hashed: list[tuple[_Codes, _Rows]] = []
    hashed += _ngrams(codes, rows, 1, settings.char_max, salt=1)
    if settings.compact_max:
        keep = codes != _SPACE
        hashed += _ngrams(codes[keep], rows[keep], 2, settings.compact_max, salt=2)
    if settings.jamo_max:
        hashed += _ngrams(*_to_jamo(codes, rows), settings.jamo_min, settings.jamo_max, salt=3)
    if settings.word_max:
        hashed += _words(codes, rows, settings.word_max, salt=4)
    all_hashes = np.concatenate([hashes for hashes, _ in hashed])
    all_rows = np.concatenate([row for _, row in hashed])
    buckets = (_mix(all_hashes) >> np.uint64(64 - settings.bits)).astype(np.int64)
    keys = (all_rows << settings.bits) | buckets
    if len(texts) << settings.bits <= 1 << 32:
        keys = keys.astype(np.uint32)  # sorts in half the time
    keys, counts = np.unique(keys, return_counts=True)
    keys = keys.astype(np.int64)
    return HashedBatch(keys & ((1 << settings.bits) - 1), keys >> settings.bits, counts.astype(np.float32))


def _concatenate(texts: Sequence[str]) -> tuple[_Codes, _Rows]:
    """Code points of all texts in one array, each text between spaces and after a separator."""
    padded = [f"\0 {text} " for text in texts]
    codes = np.frombuffer("".join(padded).encode("utf-32-le"), dtype="<u4").astype(np.uint64)
    rows = np.repeat(np.arange(len(texts), dtype=np.int64), [len(text) for text in padded])
    return codes, rows


def _ngrams(codes: _Codes, rows: _Rows, shortest: int, longest: int, salt: int) -> list[tuple[_Codes, _Rows]]:
    """Polynomial hashes of all n-grams that cross no separator, one array a length."""
    found: list[tuple[_Codes, _Rows]] = []
    hashes = codes + np.uint64(salt << 40)
    inside = codes != _SEPARATOR
    for length in range(1, longest + 1):
        if length > 1:
            hashes = hashes[:-1] * _MULTIPLIER + codes[length - 1 :]
            inside = inside[:-1] & (codes[length - 1 :] != _SEPARATOR)
        if length >= shortest:
            found.append((hashes[inside], rows[: len(inside)][inside]))
    return found


def _to_jamo(codes: _Codes, rows: _Rows) -> tuple[_Codes, _Rows]:
    """Replace each Hangul syllable by its two or three letters (Unicode standard, 3.12); other codes stay."""
    is_syllable = (codes >= _HANGUL_FIRST) & (codes <= _HANGUL_LAST)
    index = np.where(is_syllable, codes - np.uint64(_HANGUL_FIRST), np.uint64(0)).astype(np.int64)
    initial = np.where(is_syllable, 0x1100 + index // (_VOWELS * _FINALS), codes.astype(np.int64))
    vowel = np.where(is_syllable, 0x1161 + index // _FINALS % _VOWELS, -1)
    final = np.where(is_syllable & (index % _FINALS > 0), 0x11A7 + index % _FINALS, -1)
    letters = np.stack([initial, vowel, final], axis=1).ravel()
    keep = letters >= 0
    return letters[keep].astype(np.uint64), np.repeat(rows, 3)[keep]


def _words(codes: _Codes, rows: _Rows, longest: int, salt: int) -> list[tuple[_Codes, _Rows]]:
    """Hashes of whole words, and of runs of up to `longest` words of one text."""
    is_letter = (codes != _SPACE) & (codes != _SEPARATOR)
    starts = np.flatnonzero(is_letter[1:] & ~is_letter[:-1]) + 1
    if not len(starts):
        return []
    # The sum of mixed (letter, place) pairs of a word: order-aware, and a reduceat instead of a Python loop.
    place = np.arange(len(codes), dtype=np.uint64)
    word_of = np.clip(np.cumsum(np.isin(np.arange(len(codes)), starts)) - 1, 0, None)
    offset = place - starts.astype(np.uint64)[word_of]
    terms = np.where(is_letter, _mix(codes * _MULTIPLIER + offset + np.uint64(salt << 40)), np.uint64(0))
    words = np.add.reduceat(terms, starts)
    word_rows = rows[starts]
    found = [(words, word_rows)]
    hashes = words
    for length in range(2, longest + 1):
        hashes = hashes[:-1] * _MULTIPLIER + words[length - 1 :]
        together = word_rows[: len(hashes)] == word_rows[length - 1 :]
        found.append((hashes[together], word_rows[: len(hashes)][together]))
    return found


def _mix(values: _Codes) -> _Codes:
    values = (values ^ (values >> _SHIFT)) * _MIX_1
    values = (values ^ (values >> _SHIFT)) * _MIX_2
    return values ^ (values >> _SHIFT)
