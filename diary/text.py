"""What counts as an entry's text: one cleaning for page, API and importers."""

import re
import unicodedata
from collections.abc import Iterator

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

BLANK_MESSAGE = gettext_lazy("글이 비어 있어요. 한 줄만 적어도 저장할 수 있어요.")
TOO_LONG_MESSAGE = gettext_lazy(
    "%(length)s자를 썼어요. 한 번에 %(limit)s자까지 저장할 수 있으니, 나누어 저장해 주세요."
)
_UNSEEN = ("Zs", "Zl", "Zp", "Cc", "Cf", "Cs")  # blanks, controls, formats, surrogates
# Letters and symbols by their category: the fillers of Hangul, and the blank of Braille.
_DRAWN_AS_NOTHING = "\u115f\u1160\u3164\uffa0\u2800"
_SURROGATES = re.compile("[\ud800-\udfff]")
# One composed character takes so many decomposed ones at most (UAX #15, "Detecting Normalization Forms").
_LONGEST_DECOMPOSITION = 4
# Combining marks in a row that UAX #15's Stream-Safe Text Format allows: more than any language writes.
_LONGEST_RUN_OF_MARKS = 30
_JOINER = "\u034f"  # COMBINING GRAPHEME JOINER: nothing is seen of it


def clean_entry_text(text: str) -> str:
    """The text as it is stored: composed Hangul (NFC), \\n line ends, no blank edges.

    What no person types and no database takes is dropped (NUL) or replaced (half a surrogate pair). Raises
    ValidationError when nothing visible is left, or when more than ENTRY_MAX_LENGTH characters are.
    """
    text = text.replace("\x00", "").replace("\r\n", "\n").replace("\r", "\n").strip("\n").rstrip()
    if len(text) > _LONGEST_DECOMPOSITION * settings.ENTRY_MAX_LENGTH:  # whatever becomes of it: no work for that
        raise _too_long(text)
    text = compose(_SURROGATES.sub("\ufffd", text))
    if not has_visible(text):
        raise ValidationError(BLANK_MESSAGE, code="blank")
    if len(text) > settings.ENTRY_MAX_LENGTH:
        raise _too_long(text)
    return text


def compose(text: str) -> str:
    """The text in NFC, in a time that grows as its length does.

    Sorting a run of combining marks takes the square of its length: a megabyte of them would take hours. So a joiner
    parts them after every 30, as UAX #15 has it (Stream-Safe Text Process).
    """
    if any(map(unicodedata.combining, text)):
        text = "".join(_part_marks(text))
    return unicodedata.normalize("NFC", text)


def _part_marks(text: str) -> Iterator[str]:
    run = 0
    for character in text:
        run = run + 1 if unicodedata.combining(character) else 0
        if run > _LONGEST_RUN_OF_MARKS:
            run = 1
            yield _JOINER
        yield character


def _too_long(text: str) -> ValidationError:
    length, limit = f"{len(text):,}", f"{settings.ENTRY_MAX_LENGTH:,}"
    return ValidationError(TOO_LONG_MESSAGE % {"length": length, "limit": limit}, code="max_length")


def has_visible(text: str) -> bool:
    """Whether any character is neither a space nor a control or formatting character, nor one drawn as nothing.

    A character that this server's Unicode doesn't know yet is seen: on a newer phone it is an emoji.
    """
    return any(
        character not in _DRAWN_AS_NOTHING and unicodedata.category(character) not in _UNSEEN for character in text
    )
