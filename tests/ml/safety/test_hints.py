"""That no hint hides a match: from the syntax trees of the patterns, not from examples."""

import re
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from ml.safety import hints, spoken, wording

GROUPS = {
    "UNWILLING_TO_LIVE": wording.UNWILLING_TO_LIVE,
    "VANISHING": wording.VANISHING,
    "ACTS": wording.ACTS,
    "MEANS": wording.MEANS,
    "TOPIC": wording.TOPIC,
    "QUIET_WISH": spoken.QUIET_WISH,
    "SECRET_HARM": spoken.SECRET_HARM,
}


def alternatives(items: Iterable[Any]) -> Iterator[list[Any]]:
    """The patterns of a group as parsed sequences."""
    parts = list(items)
    if len(parts) == 1 and parts[0][0] is codes.BRANCH:
        for branch in parts[0][1][1]:
            yield from alternatives(branch)
    elif len(parts) == 1 and parts[0][0] is codes.SUBPATTERN:
        yield from alternatives(parts[0][1][3])
    else:
        yield parts


def needs(items: Iterable[Any], hint: re.Pattern[str]) -> bool:
    """Whether whatever matches the sequence holds something that the hint finds."""
    run = ""
    for code, value in items:
        run = run + chr(value) if code is codes.LITERAL else ""
        if run and hint.search(run):
            return True
        if code is codes.IN and all(kind is codes.LITERAL and hint.search(chr(letter)) for kind, letter in value):
            return True
        if code is codes.BRANCH and all(needs(branch, hint) for branch in value[1]):
            return True
        if code is codes.SUBPATTERN and needs(value[3], hint):
            return True
        if code in (codes.MAX_REPEAT, codes.MIN_REPEAT) and value[0] >= 1 and needs(value[2], hint):
            return True
    return False


@pytest.mark.parametrize("name", GROUPS)
def test_hint_is_needed_by_every_pattern(name: str) -> None:
    hint = getattr(hints, name)
    parsed = list(alternatives(parser.parse(GROUPS[name].pattern)))
    assert len(parsed) > 10
    assert [parts for parts in parsed if not needs(parts, hint)] == []


@pytest.mark.parametrize(
    ("pattern", "expected"), [("눈을?감", True), ("(?:눈|귀)감", False), ("눈?감", False), ("[눈귀]", False)]
)
def test_needs_tells_what_a_pattern_cannot_do_without(pattern: str, expected: bool) -> None:
    assert needs(parser.parse(pattern), re.compile("눈")) is expected
