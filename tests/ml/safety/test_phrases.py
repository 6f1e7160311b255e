"""The reviewed phrases: complete, unlike each other, and each where it belongs."""

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.safety.phrases import (
    DEV,
    FIRST_COLUMNS,
    HELD_OUT,
    LATER_COLUMNS,
    PLAIN_STRANGERS,
    PLAIN_TEST_AUTHORS,
    STRANGERS,
    TEST_AUTHORS,
    Phrase,
    part_of,
    read_first,
    read_later,
    read_phrases,
)

WROTE_FEWER = {"b", "bg", "bh", "bi", "bj", "bt"}  # all but b wrote whole days
OTHER_HALF = DEV if part_of("x1") == HELD_OUT else HELD_OUT


def test_phrases_are_enough_and_none_stands_twice() -> None:
    phrases = read_phrases()
    assert len({phrase.id for phrase in phrases}) == len({phrase.text for phrase in phrases}) == len(phrases)
    counts = Counter((phrase.author, phrase.is_crisis) for phrase in phrases)
    assert {author for author, _ in counts} == {"a", "h", *TEST_AUTHORS, *STRANGERS}
    plain = {*PLAIN_STRANGERS, *PLAIN_TEST_AUTHORS}
    for author in {*STRANGERS, *TEST_AUTHORS} - WROTE_FEWER:
        assert min(counts[author, True], counts[author, False]) >= (110 if author in plain else 200)


def test_phrases_of_the_test_are_those_of_its_authors() -> None:
    tested = {phrase.author for phrase in read_phrases() if phrase.is_test}
    assert tested == set(TEST_AUTHORS)
    assert tested.isdisjoint(STRANGERS)


@pytest.mark.parametrize(
    ("read", "columns", "row", "message"),
    [
        (read_first, FIRST_COLUMNS, f"x1\t{part_of('x1')}\tmaybe\twish\t글", "row 2: column label"),
        (read_first, FIRST_COLUMNS, f"x1\t{OTHER_HALF}\tnone\twish\t글", "row 2: column part"),
        (read_later, LATER_COLUMNS, "c1\tc\ttrain\tmaybe\twish\t글", "row 2: column label"),
        (read_later, LATER_COLUMNS, "g1\tg\ttrain\tnone\twish\t글", "row 2: column part: author g belongs to test"),
        (read_later, LATER_COLUMNS, "c1\tc\ttrain\tnone\twish", "row 2: wrong number of fields"),
    ],
)
def test_read_wrong_cell_is_named(
    tmp_path: Path, read: Callable[[Path], list[Phrase]], columns: tuple[str, ...], row: str, message: str
) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_text("\t".join(columns) + f"\n{row}\n", encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read(path)
