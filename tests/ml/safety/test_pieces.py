"""How a text is cut for the crisis model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.safety.pieces import LONGEST, split_pieces, window_bounds


def test_split_pieces_gives_sentences() -> None:
    assert split_pieces("비가 왔다. 우산이 없었다!\n집에 왔다") == ["비가 왔다.", "우산이 없었다!", "집에 왔다"]


def test_split_pieces_cuts_long_sentences_between_words() -> None:
    sentence = " ".join(["걸었다"] * 100)
    pieces = split_pieces(sentence)
    assert " ".join(pieces) == sentence
    assert len(pieces) > 5
    assert max(map(len, pieces)) <= LONGEST


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("죽고 싶은 건 아니다. 쉬고 싶다.", "쉬고 싶다."),
        ("이제는 죽고 싶다는 생각이 안 든다", "이제는 죽고 싶다는 생각이 안 든다"),
    ],
)
def test_split_pieces_leaves_denials_out_but_not_of_what_is_over(text: str, left: str) -> None:
    assert split_pieces(text)[-1] == left
    assert "죽고" not in "".join(split_pieces(text)) or left == text


@given(st.text())
def test_split_pieces_takes_any_string(text: str) -> None:
    assert split_pieces(text)


@pytest.mark.parametrize(("count", "expected"), [(1, [(0, 0)]), (3, [(0, 0), (1, 1), (2, 2), (0, 1), (1, 2)])])
def test_window_bounds_are_pieces_and_neighbours(count: int, expected: list[tuple[int, int]]) -> None:
    firsts, lasts = window_bounds(count)
    assert list(zip(firsts.tolist(), lasts.tolist(), strict=True)) == expected
