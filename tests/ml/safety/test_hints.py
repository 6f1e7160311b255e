"""That no hint hides a match: from the syntax trees of the patterns, not from examples."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from re import _constants as codes  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from ml.safety import hints
from ml.safety.find_hints import GROUPS, find_hints
from ml.safety.index import Kind, PatternIndex
from ml.safety.wording import any_of


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
def test_every_pattern_needs_one_of_its_hints(name: str) -> None:
    missing = []
    for pattern, row in zip(GROUPS[name], getattr(hints, name), strict=True):
        words = re.compile("|".join(row.split()))
        parsed = parser.parse(any_of([pattern]).pattern)
        missing += [pattern for parts in alternatives(parsed) if not row or not needs(parts, words)]
    assert missing == [], "write the hints anew: python -m ml.safety.find_hints"


@pytest.mark.parametrize(
    ("pattern", "expected"), [("눈을?감", True), ("(?:눈|귀)감", False), ("눈?감", False), ("[눈귀]", False)]
)
def test_needs_tells_what_a_pattern_cannot_do_without(pattern: str, expected: bool) -> None:
    assert needs(parser.parse(pattern), re.compile("눈")) is expected


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("나비 ?바다", "나비"),  # the rarer one; a blank parts two letters
        ("바다나?비", "비"),
        ("바다(?:나비|[곰범])", "곰 나비 범"),  # one of each branch
        ("(?<!곰)바다(?!곰)", "바다"),  # what must not stand there is no hint
        ("(?:나비){2}바다", "나비"),
        ("(?:나비)*바다", "바다"),
    ],
)
def test_find_hints_takes_the_rarest_that_a_match_holds(pattern: str, expected: str) -> None:
    counts = Counter({"바다": 9, "바": 20, "다": 99, "나": 9, "비": 7, "나비": 2, "다나": 50, "다비": 50})
    assert find_hints(pattern, counts) == frozenset(expected.split())


def test_find_hints_refuses_a_pattern_that_may_match_anything() -> None:
    with pytest.raises(ValueError, match="바다"):
        find_hints("(?:바다)?", Counter())


def test_index_tells_the_kinds_of_what_it_finds() -> None:
    index = PatternIndex()
    index.add(Kind.WISH, ["나비 ?바다", "곰"], ["나비", "곰"])
    index.add(Kind.TOPIC, ["바다"], ["바다"])
    assert index.find("나비바다") == {Kind.WISH, Kind.TOPIC}
    assert index.find("나비 바다로") == {Kind.WISH, Kind.TOPIC}
    assert index.find("곰") == {Kind.WISH}
    assert index.find("바다 나비") == {Kind.TOPIC}
    assert index.find("") == set()


def test_index_refuses_patterns_without_hints() -> None:
    with pytest.raises(ValueError, match="shorter"):
        PatternIndex().add(Kind.WISH, ["나비", "바다"], ["나비"])
