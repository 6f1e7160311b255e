"""The reviewed phrases, and the figures that the rules reach on them."""

from collections import Counter
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.safety import evaluate
from ml.safety.evaluate import HALVES, PARTS, SECOND_AUTHOR, count_marked, make_table, part_of, read_phrases, score

HEAD = "id\tpart\tlabel\tkind\ttext\n"


def test_phrases_are_enough_and_none_stands_twice() -> None:
    phrases = read_phrases()
    assert len({phrase.id for phrase in phrases}) == len({phrase.text for phrase in phrases}) == len(phrases)
    counts = Counter(phrase.is_crisis for phrase in phrases)
    assert min(counts[True], counts[False]) >= 150


@pytest.mark.parametrize("half", HALVES)
def test_rules_reach_the_figures(half: str) -> None:
    figures = score(phrase for phrase in read_phrases() if phrase.part == half)
    assert min(figures.crises, figures.others) >= 60
    assert figures.recall >= 0.95
    assert figures.alarm_rate <= 0.05


def test_rules_find_no_less_of_what_a_stranger_wrote() -> None:
    # No goal but a floor: 63 of 100 were found and 7 of 100 marked wrongly when they were scored first.
    figures = score(phrase for phrase in read_phrases() if phrase.part == SECOND_AUTHOR)
    assert (figures.crises, figures.others) == (100, 100)
    assert figures.found >= 63
    assert figures.alarms <= 7


def test_score_counts_what_is_found_and_what_is_not() -> None:
    phrases = [
        evaluate.Phrase("a", "dev", True, "wish", "죽고 싶다"),
        evaluate.Phrase("b", "dev", True, "wish", "맑은 날이다"),
        evaluate.Phrase("c", "dev", False, "idiom", "죽고 싶다"),
        evaluate.Phrase("d", "dev", False, "idiom", "배고파 죽겠다"),
    ]
    figures = score(phrases)
    assert (figures.recall, figures.alarm_rate) == (0.5, 0.5)


def test_table_has_a_row_for_each_part() -> None:
    rows = make_table(read_phrases()).splitlines()
    assert [row.split(" | ")[0] for row in rows[2:]] == [f"| {part}" for part in PARTS]
    assert {row.count("|") for row in rows} == {8}


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("x1\tdev\tmaybe\twish\t글\n", "row 2: column label"),
        (f"x1\t{next(h for h in HALVES if h != part_of('x1'))}\tnone\twish\t글\n", "row 2: column part"),
    ],
)
def test_read_phrases_wrong_cell_is_named(tmp_path: Path, row: str, message: str) -> None:
    path = tmp_path / "phrases.tsv"
    path.write_text(HEAD + row, encoding="utf-8")
    with pytest.raises(DataError, match=message):
        read_phrases(path)


def test_count_marked(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "죽고 싶다"}\n{"text": "배고파 죽겠다"}\n', encoding="utf-8")
    assert count_marked([path]) == (2, 1)


def test_main_prints_the_table_and_other_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "죽고 싶다"}\n', encoding="utf-8")
    assert evaluate.main(["--texts", str(path)]) == 0
    output = capsys.readouterr().out
    assert "| held_out |" in output
    assert "Of 1 other texts, 1 are marked." in output


@pytest.mark.parametrize("line", ["[]", "{", '{"words": ""}'])
def test_main_bad_texts_end_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(line, encoding="utf-8")
    assert evaluate.main(["--texts", str(path)]) == 1
    assert f"{path}: row 1" in capsys.readouterr().err
