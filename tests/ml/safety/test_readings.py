"""What a second reader decided: a reading of each phrase, and how it is told."""

from pathlib import Path

import pytest

from ml.errors import DataError
from ml.safety.phrases import DEV, Phrase, read_phrases
from ml.safety.readings import Reading, make_readings_table, read_readings

PHRASES = [
    Phrase("1", "a", DEV, True, "wish", "죽고 싶다"),
    Phrase("2", "a", DEV, True, "wish", "맑은 날이다"),
    Phrase("3", "a", DEV, False, "idiom", "배고파 죽겠다"),
]


def test_every_phrase_has_a_reading_and_few_differ_from_the_author() -> None:
    phrases, readings = read_phrases(), read_readings()
    assert readings.keys() == {phrase.id for phrase in phrases}
    agreed = sum(readings[phrase.id] == (Reading.YES if phrase.is_crisis else Reading.NO) for phrase in phrases)
    assert agreed / len(phrases) > 0.98


def test_table_counts_what_the_reader_decided() -> None:
    readings = {"1": Reading.YES, "2": Reading.UNSURE, "3": Reading.NO}
    assert make_readings_table(PHRASES, readings).splitlines()[2:] == [
        "| speaking of a crisis | 1 (0.500) | 1 (0.500) | 0 (0.000) |",
        "| not | 0 (0.000) | 0 (0.000) | 1 (1.000) |",
    ]


def test_phrase_without_a_reading_is_named() -> None:
    with pytest.raises(DataError, match="phrase 3"):
        make_readings_table(PHRASES, {"1": Reading.YES, "2": Reading.NO})


def test_wrong_reading_is_named(tmp_path: Path) -> None:
    path = tmp_path / "readings.tsv"
    path.write_text("id\treading\n1\tmaybe\n", encoding="utf-8")
    with pytest.raises(DataError, match="row 2: column reading: 'maybe'"):
        read_readings(path)
