"""The reviewed phrases, and the figures that the shipped detector reaches on them."""

from pathlib import Path

import pytest

from ml.errors import DataError
from ml.safety import evaluate
from ml.safety.crisis import speak_of_crisis
from ml.safety.evaluate import count_marked, find_by_rules, make_table, read_metrics
from ml.safety.figures import Figures, score
from ml.safety.phrases import DEV, HELD_OUT, PLAIN_TEST_AUTHORS, STRANGERS, TEST_AUTHORS, Phrase, read_phrases
from ml.safety.training_texts import CORPUS


@pytest.mark.parametrize("half", [DEV, HELD_OUT])
def test_detector_and_rules_reach_the_figures_on_what_they_were_made_with(half: str) -> None:
    phrases = [phrase for phrase in read_phrases() if phrase.part == half]
    for find in (speak_of_crisis, find_by_rules):
        figures = score(phrases, find)
        assert min(figures.crises, figures.others) >= 60
        assert figures.recall >= 0.95
        assert figures.alarm_rate <= 0.05


# No goals but floors: what was found and marked wrongly when the authors of the test were scored.
@pytest.mark.parametrize(
    ("author", "found", "alarms"),
    [
        ("an", 282, 15),
        ("au", 288, 13),
        ("b", 98, 6),
        ("be", 272, 13),
        ("bj", 76, 13),
        ("bo", 280, 18),
        ("cc", 113, 0),
        ("cd", 115, 5),
        ("ce", 113, 1),
        ("cf", 115, 0),
        ("cg", 116, 1),
        ("ch", 116, 2),
        ("ci", 113, 4),
        ("cj", 112, 5),
        ("g", 195, 7),
        ("i", 183, 8),
        ("j", 193, 10),
    ],
)
def test_detector_finds_no_less_of_what_strangers_wrote(author: str, found: int, alarms: int) -> None:
    figures = score((phrase for phrase in read_phrases() if phrase.author == author), speak_of_crisis)
    assert min(figures.crises, figures.others) >= 80
    assert figures.found >= found
    assert figures.alarms <= alarms


def test_detector_keeps_the_requirement_for_strangers_who_wrote_what_people_would_write() -> None:
    figures = score((phrase for phrase in read_phrases() if phrase.author in PLAIN_TEST_AUTHORS), speak_of_crisis)
    assert min(figures.crises, figures.others) >= 900
    assert figures.recall >= 0.95
    assert figures.alarm_rate <= 0.05


def test_detector_leaves_ordinary_days_alone() -> None:
    total, marked = count_marked([CORPUS / "K.jsonl", CORPUS / "C.jsonl"])
    assert marked / total <= 0.03


def test_saved_figures_keep_the_limits() -> None:
    metrics = read_metrics()
    assert set(metrics["left_out"]) == {*STRANGERS, "all"}
    assert set(metrics["test"]) == set(TEST_AUTHORS)
    assert Figures(**metrics["left_out"]["all"]).alarm_rate <= 0.05
    assert metrics["entries"]["marked"] / metrics["entries"]["count"] <= 0.025


def test_score_counts_what_is_found_and_what_is_not() -> None:
    phrases = [
        Phrase("1", "a", DEV, True, "wish", "죽고 싶다"),
        Phrase("2", "a", DEV, True, "wish", "맑은 날이다"),
        Phrase("3", "a", DEV, False, "idiom", "죽고 싶다"),
        Phrase("4", "a", DEV, False, "idiom", "배고파 죽겠다"),
    ]
    figures = score(phrases, find_by_rules)
    assert (figures.recall, figures.alarm_rate) == (0.5, 0.5)


def test_table_has_a_row_for_each_part() -> None:
    rows = make_table(read_phrases(), {"c": {"crises": 2, "found": 1, "others": 4, "alarms": 1}}).splitlines()
    assert rows[2] == "| c, left out | 2 | 1 | 0.500 | 4 | 1 | 0.250 |"
    assert [row.split(" | ")[0] for row in rows[3:]] == [
        "| a, learned from",
        *(f"| {author}, test" for author in TEST_AUTHORS),
        "| cc to cj, test, together",
        *(f"| {author}, test, rules alone" for author in TEST_AUTHORS),
        "| cc to cj, test, together, rules alone",
    ]
    assert {row.count("|") for row in rows} == {8}


def test_read_metrics_bad_file_is_named(tmp_path: Path) -> None:
    path = tmp_path / "metrics.json"
    with pytest.raises(DataError, match=r"metrics\.json"):
        read_metrics(path)
    path.write_text("{", encoding="utf-8")
    with pytest.raises(DataError, match="not JSON"):
        read_metrics(path)


def test_count_marked(tmp_path: Path) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "죽고 싶다"}\n{"text": "배고파 죽겠다"}\n', encoding="utf-8")
    assert count_marked([path]) == (2, 1)


def test_main_prints_the_table_and_other_texts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text('{"text": "죽고 싶다"}\n', encoding="utf-8")
    assert evaluate.main(["--texts", str(path)]) == 0
    output = capsys.readouterr().out
    assert "| g, test |" in output
    assert "Of 1 other texts, 1 are marked." in output


@pytest.mark.parametrize("line", ["[]", "{", '{"words": ""}'])
def test_main_bad_texts_end_without_a_traceback(tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str) -> None:
    path = tmp_path / "texts.jsonl"
    path.write_text(line, encoding="utf-8")
    assert evaluate.main(["--texts", str(path)]) == 1
    assert f"{path}: row 1" in capsys.readouterr().err
