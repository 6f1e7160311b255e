"""What the encoder is shown."""

from ml.emotion.hybrid.excerpts import excerpt, whole_excerpts
from ml.emotion.units import split_units


def test_excerpt_keeps_short_texts_and_both_ends_of_long_ones() -> None:
    assert excerpt("가나다", 20) == "가나다"
    assert excerpt("가" * 50 + "나" * 50, 20) == "가" * 10 + " … " + "나" * 10


def test_whole_excerpts_are_one_a_text() -> None:
    units = split_units(["하나다. 둘이다.", "셋이다.", ""])
    assert whole_excerpts(units, 100) == ["하나다. 둘이다.", "셋이다.", ""]
