"""What counts as an entry's text: one cleaning for page, API and importers."""

import re
import unicodedata

from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy

BLANK_MESSAGE = gettext_lazy("글이 비어 있어요. 한 줄만 적어도 저장할 수 있어요.")
TOO_LONG_MESSAGE = gettext_lazy(
    "%(length)s자를 썼어요. 한 번에 %(limit)s자까지 저장할 수 있으니, 나누어 저장해 주세요."
)
# Letters and symbols by their category: the fillers of Hangul, and the blank of Braille.
_DRAWN_AS_NOTHING = "\u115f\u1160\u3164\uffa0\u2800"
_SURROGATES = re.compile("[\ud800-\udfff]")


def clean_entry_text(text: str) -> str:
    """The text as it is stored: composed Hangul (NFC), \\n line ends, no blank edges.

    What no person types and no database takes is dropped (NUL) or replaced (half a surrogate pair). Raises
    ValidationError when nothing visible is left, or when more than ENTRY_MAX_LENGTH characters are.
    """
    text = _SURROGATES.sub("\ufffd", text.replace("\x00", ""))
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n"))
    text = text.strip("\n").rstrip()
    if not has_visible(text):
        raise ValidationError(BLANK_MESSAGE, code="blank")
    if len(text) > settings.ENTRY_MAX_LENGTH:
        raise ValidationError(
            TOO_LONG_MESSAGE % {"length": f"{len(text):,}", "limit": f"{settings.ENTRY_MAX_LENGTH:,}"},
            code="max_length",
        )
    return text


def has_visible(text: str) -> bool:
    """Whether any character is neither a space nor a control or formatting character, nor one drawn as nothing."""
    return any(
        unicodedata.category(character)[0] not in "ZC" and character not in _DRAWN_AS_NOTHING for character in text
    )
