"""One spelling for titles and for what is typed."""

import unicodedata

import pytest

from catalog.search_text import MAX_WORDS, fills_trigrams, fold, join_search_text, read_needles


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("기생충", "기생충"),
        (unicodedata.normalize("NFD", "기생충"), "기생충"),
        ("기생추", "기생충"),  # still being typed
        ("사라", "첫사랑"),
        ("AMELIE", "Amélie"),
        ("amélie", "Amelie"),
        ("straße", "STRASSE"),
        ("ＩＵ", "iu"),  # wide letters of Korean keyboards
        ("기\x00생충", "기생충"),
        ("100%", "100% 사랑"),
        ("snake_case", "Snake_Case"),
        ("미션 크로스", "Mission: 크로스 (미션)"),
    ],
)
def test_words_are_found(typed: str, stored: str) -> None:
    assert read_needles(typed)
    assert all(needle in join_search_text(stored) for needle in read_needles(typed))


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("기생충", "기생"), ("snake_case", "snakeXcase"), ("100%", "1000"), ("지", "기"), ("사랑 기생충", "사랑")],
)
def test_words_are_not_found(typed: str, stored: str) -> None:
    assert not all(needle in join_search_text(stored) for needle in read_needles(typed))


def test_short_words_begin_words() -> None:
    assert read_needles("go") == [" go"]
    assert read_needles("go")[0] in join_search_text("Let Go")
    assert read_needles("go")[0] not in join_search_text("Logos")
    assert read_needles("가")[0] in join_search_text("봄", "강")  # 가 becomes 강


def test_join_search_text_once_each_and_nothing_of_nothing() -> None:
    assert join_search_text("Parasite", "", "parasite", "Bong  Joon\nHo") == " parasite bong joon ho"
    assert join_search_text("", " ") == ""


def test_many_words_are_cut_and_none_is_none() -> None:
    assert len(read_needles(" ".join(f"word{number}" for number in range(99)))) == MAX_WORDS
    assert read_needles(" \x00 ") == []
    assert fold("\x00") == ""


@pytest.mark.parametrize(
    ("typed", "expected"),
    [("기생충", True), ("사", True), ("go", True), ("a", True), ("%%%", False), ("___", False), ("- !", False)],
)
def test_fills_trigrams(typed: str, expected: bool) -> None:
    assert fills_trigrams(read_needles(typed)) == expected
