"""What counts as an entry's text."""

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from diary.text import clean_entry_text


@pytest.mark.parametrize(
    "text", ["", "   ", "\n\n", "\u200b\u200e", "\x00", "\u3000\ufeff", "\u3164", "\u115f\u1160", "\u2800"]
)
def test_clean_entry_text_nothing_visible(text: str) -> None:
    with pytest.raises(ValidationError) as raised:
        clean_entry_text(text)
    assert raised.value.code == "blank"


def test_clean_entry_text_at_the_limit() -> None:
    assert len(clean_entry_text("가" * 100_000)) == 100_000


def test_clean_entry_text_over_the_limit_says_how_long_it_is() -> None:
    with pytest.raises(ValidationError, match="100,001") as raised:
        clean_entry_text("가" * 100_001)
    assert raised.value.code == "max_length"


def test_clean_entry_text_composes_decomposed_hangul() -> None:
    assert clean_entry_text("오늘") == "오늘"


def test_clean_entry_text_line_ends() -> None:
    assert clean_entry_text("\r\n첫 줄\r\n  둘째 줄\r셋째 줄  \n") == "첫 줄\n  둘째 줄\n셋째 줄"


def test_clean_entry_text_drops_what_no_database_takes() -> None:
    assert clean_entry_text("가\x00나 \ud83d 다") == "가나 \ufffd 다"


def test_clean_entry_text_keeps_emojis_and_direction_marks() -> None:
    assert clean_entry_text("좋았다 👨‍👩‍👧 \u202eabc\u202c") == "좋았다 👨‍👩‍👧 \u202eabc\u202c"


@pytest.mark.parametrize("text", ["\U0001fae9", "\u20f5"])  # of Unicode 16, and of none yet
def test_clean_entry_text_takes_the_emojis_of_newer_phones(text: str) -> None:
    assert clean_entry_text(text) == text


@given(st.text(st.characters(exclude_categories=[]), min_size=1))
def test_clean_entry_text_any_text_is_saved_as_utf8_or_refused(text: str) -> None:
    try:
        cleaned = clean_entry_text(text)
    except ValidationError:
        return
    assert "\x00" not in cleaned
    assert cleaned.encode("utf-8")
    assert clean_entry_text(cleaned) == cleaned
