"""Texts as they stand in cells: nothing that a spreadsheet takes for a formula, and back again without a loss.

What starts a formula, and the apostrophe before it, follow https://owasp.org/www-community/attacks/CSV_Injection.
"""

import re
from datetime import date, datetime
from typing import Any

# An empty cell leaves a fact as it is; this word empties it.
EMPTY_WORD = "(비움)"
QUOTED_CHARACTERS = 60
_RISKY = rf"(?:[=+\-@\t\r\n＝＋－＠]|{re.escape(EMPTY_WORD)}\Z)"
# A text that begins with apostrophes and then a risky sign gets one more, so that taking one away is never ambiguous.
_NEEDS_APOSTROPHE = re.compile(rf"'*{_RISKY}")
_HAS_APOSTROPHE = re.compile(rf"'+{_RISKY}")
# What XML can't hold, and so no XLSX.
_NOT_IN_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def write_text(text: str) -> str:
    """A text as a cell holds it."""
    text = _NOT_IN_XML.sub("", re.sub(r"\r\n?", "\n", text))
    return f"'{text}" if _NEEDS_APOSTROPHE.match(text) else text


def read_text(cell: str) -> str:
    """The text that `write_text` wrote; what somebody typed without an apostrophe stays as it is."""
    return cell[1:] if _HAS_APOSTROPHE.match(cell) else cell


def cell_of(value: Any) -> str:
    """What a cell of an XLSX file says, as the same cell of a CSV file would say it."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime) and (value.hour, value.minute, value.second) == (0, 0, 0):
        value = value.date()
    return value.isoformat() if isinstance(value, date) else str(value)


def shorten(text: str) -> str:
    """What a message can quote of a text that may be anything."""
    return "".join(sign for sign in text if sign.isprintable())[:QUOTED_CHARACTERS].strip()
