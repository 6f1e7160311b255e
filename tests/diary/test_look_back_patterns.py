"""Patterns are told where chance hardly explains them, and nowhere else."""

import random
from collections import Counter

import pytest

from diary.look_back.patterns import MAX_PATTERNS, MIN_ENTRIES, Pattern, find_patterns
from ml.labels import Emotion


def test_chance_is_the_hypergeometric_tail() -> None:
    # Of an urn of 10 with 4 white balls, 3 are drawn: 2 or 3 are white in (C(4,2)·C(6,1) + C(4,3)) / C(10,3) = 40/120.
    pattern = Pattern("월", Emotion.ANXIETY, hits=2, count=3, total_hits=4, total=10)
    assert pattern.chance == pytest.approx(1 / 3)


def test_chance_of_many_entries_is_a_number() -> None:
    pattern = Pattern("월", Emotion.ANXIETY, hits=400, count=1_400, total_hits=1_500, total=10_000)
    assert 0 < pattern.chance < 1e-6


def test_find_patterns_clear_surplus_is_found() -> None:
    groups = {"월": Counter(anxiety=9, joy=3), "화": Counter(anxiety=1, joy=50)}
    (pattern,) = [p for p in find_patterns(groups, groups["월"] + groups["화"]) if p.emotion == Emotion.ANXIETY]
    assert (pattern.group, pattern.hits, pattern.count, pattern.total_hits, pattern.total) == ("월", 9, 12, 10, 63)


@pytest.mark.parametrize(
    "groups",
    [
        # As it is everywhere.
        {"월": Counter(anxiety=6, joy=6), "화": Counter(anxiety=30, joy=30)},
        # Too few entries, however clear.
        {"월": Counter(anxiety=MIN_ENTRIES - 1), "화": Counter(joy=200)},
        # More, but no more than chance explains.
        {"월": Counter(anxiety=5, joy=5), "화": Counter(anxiety=20, joy=40)},
        # A difference that chance can't explain, and nobody would notice.
        {"월": Counter(anxiety=330, joy=670), "화": Counter(anxiety=2_700, joy=7_300)},
        # Plain days are no feeling.
        {"월": Counter(neutral=20), "화": Counter(joy=200)},
        # There is nothing else to hold it against.
        {"월": Counter(anxiety=20)},
        {},
    ],
)
def test_find_patterns_nothing_is_told(groups: dict[str, Counter[str]]) -> None:
    told = find_patterns(groups, sum(groups.values(), Counter[str]()))
    assert [pattern for pattern in told if pattern.group == "월"] == []


def test_find_patterns_strongest_first_and_few() -> None:
    groups = {
        name: Counter({feeling: 20 + number})
        for number, (name, feeling) in enumerate(
            [("월", "anxiety"), ("화", "joy"), ("수", "anger"), ("목", "sadness"), ("금", "embarrassment")]
        )
    }
    told = find_patterns(groups, sum(groups.values(), Counter[str]()))
    assert len(told) == MAX_PATTERNS
    assert [pattern.chance for pattern in told] == sorted(pattern.chance for pattern in told)


def test_find_patterns_chance_alone_rarely_makes_one() -> None:
    dice = random.Random(7)  # noqa: S311 (dice of a test)
    years = 200
    told = 0
    for _ in range(years):
        groups = {day: Counter(dice.choices(list(Emotion), k=40)) for day in range(7)}
        told += bool(find_patterns(groups, sum(groups.values(), Counter[str]())))
    assert told < years * 0.1  # the bound is 0.05; Bonferroni stays below it
