"""Texts in cells: no formula, and nothing lost."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from catalog.exchange.cells import EMPTY_WORD, read_text, write_text

RISKY = "=+-@\t\r\n＝＋－＠"
# Whatever a database holds and XML can.
TEXTS = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"))


@given(st.one_of(TEXTS, st.builds(str.__add__, st.sampled_from([*RISKY, "'", "''="]), TEXTS)))
@example("-1")
@example("=^.^=")
@example("'Round Midnight")
@example("''=x")
@example(EMPTY_WORD)
@example(f"'{EMPTY_WORD}")
def test_a_text_comes_back_as_it_went(text: str) -> None:
    text = text.replace("\r", "\n")
    cell = write_text(text)
    assert read_text(cell) == text
    assert cell[:1] not in set(RISKY)
    assert cell != EMPTY_WORD


@pytest.mark.parametrize("text", ["'Round Midnight", "'71", "'", ""])
def test_an_apostrophe_that_guards_nothing_stays(text: str) -> None:
    assert write_text(text) == text
    assert read_text(text) == text


def test_what_no_spreadsheet_can_hold_is_left_out() -> None:
    assert write_text("a\x00b\x0bc\r\nd\ufffe") == "abc\nd"
