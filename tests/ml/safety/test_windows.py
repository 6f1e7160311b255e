"""Windows of neighbouring sentences: as long as may be, nothing lost, no sentence torn that fits."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ml.safety.windows import WINDOW_WORDS, split_windows

SENTENCES = ["가 나 다.", "라 " * 9 + "마.", "바 사 아 자 차 카.", "타 파."]


def test_windows_that_do_not_overlap_part_the_text() -> None:
    text = " ".join(SENTENCES * 3)
    windows = split_windows(text, overlapping=False)
    assert " ".join(windows) == " ".join(text.split())
    assert [len(window.split()) for window in windows] == [24, 21, 18]


def test_windows_that_overlap_begin_before_the_one_before_ends() -> None:
    text = " ".join(f"{number}번 일을 했다." for number in range(14))
    windows = split_windows(text, overlapping=True)
    assert [window.split()[0] for window in windows] == ["0번", "6번"]
    assert [window.split()[-3] for window in windows] == ["7번", "13번"]


def test_long_sentence_is_cut_evenly() -> None:
    windows = split_windows("말 " * 60, overlapping=True)
    assert [len(window.split()) for window in windows] == [20, 20, 20]


@pytest.mark.parametrize("text", ["", "  \n "])
def test_blank_text_has_one_empty_window(text: str) -> None:
    assert split_windows(text, overlapping=True) == split_windows(text, overlapping=False) == [""]


@given(st.lists(st.sampled_from([*SENTENCES, "하 " * 30, "\n", "ㅋㅋ", "\ud800"])).map(" ".join), st.booleans())
def test_every_word_is_in_a_window_and_none_is_too_long(text: str, overlapping: bool) -> None:
    windows = split_windows(text, overlapping=overlapping)
    assert max(len(window.split()) for window in windows) <= WINDOW_WORDS
    assert {word for window in windows for word in window.split()} == set(text.split())
