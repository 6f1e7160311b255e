"""What readers agree on in the test split, and how far a model agrees with them."""

from pathlib import Path

import pytest

from ml.emotion.agreement import READINGS_TABLES, Agreement, load_readings, main, measure_agreement
from ml.emotion.corpora.own import load_corpus
from ml.emotion.data import CORPUS_FOLDER, Example, Split, split_examples
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.splits import split_line_names

JOY, ANGER, NEUTRAL = Emotion.JOY, Emotion.ANGER, Emotion.NEUTRAL
HEADER = "reader\tsource\trow\tlabel\tstrong\tsecond\n"


def example(source: str, row: str, label: Emotion) -> Example:
    return Example(f"{source} {row}", label, 1.0, source, row)


def test_readers_and_models_stand_side_by_side(tmp_path: Path) -> None:
    table = tmp_path / "readings.tsv"
    rows = [
        "first\treal_lines/chatbot\t1\tjoy\t1\t", "second\treal_lines/chatbot\t1\tjoy\t1\t",
        "first\treal_lines/chatbot\t2\tanger\t1\t", "second\treal_lines/chatbot\t2\tneutral\t0\tanger",
        "first\treal_lines/kote-val\t2\tunclear\t0\t", "first\tcorpus/A\tA1\tjoy\t1\t",
    ]  # fmt: skip
    table.write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    examples = [
        example("real_lines/chatbot", "1", JOY),
        example("real_lines/chatbot", "2", ANGER),
        example("real_lines/kote-val", "2", ANGER),
        example("corpus/A", "A1", ANGER),
    ]
    found = measure_agreement(examples, load_readings(table), {"model": [JOY, NEUTRAL, ANGER, ANGER]})
    assert found == [
        Agreement("real_lines", "reader first", 2, 1.0, 1, 1.0, 1.0),
        Agreement("real_lines", "reader second", 2, 0.5, 1, 1.0, 0.5),
        Agreement("real_lines", "model", 2, 0.5, 1, 1.0, 0.5),
        Agreement("corpus", "reader first", 1, 0.0, 0, 0.0, 0.0),
        Agreement("corpus", "model", 1, 1.0, 0, 0.0, 0.0),
    ]


def test_most_may_say_something_else_than_the_label() -> None:
    labelled = example("real_lines/chatbot", "1", JOY)
    readings = {(labelled.source, labelled.id): {"first": ANGER, "second": ANGER}}
    found = measure_agreement([labelled], readings, {"anger": [ANGER], "joy": [JOY]})
    assert [(row.accuracy, row.accuracy_majority) for row in found[2:]] == [(0.0, 1.0), (1.0, 0.0)]


def test_every_diary_of_the_test_split_was_read() -> None:
    test = split_examples(load_corpus(CORPUS_FOLDER))[Split.TEST]
    readings = load_readings(READINGS_TABLES[Split.TEST])
    assert {(diary.source, diary.id) for diary in test} == {key for key in readings if key[0].startswith("corpus/")}
    assert {len(read) for key, read in readings.items() if key[0].startswith("real_lines/")} == {2}


def test_every_line_that_measures_was_read_by_two_more() -> None:
    measured, _ = split_line_names()
    read = {
        (source.removeprefix("real_lines/"), row): len(found)
        for table in READINGS_TABLES.values()
        for (source, row), found in load_readings(table).items()
        if source.startswith("real_lines/")
    }
    assert read.keys() <= measured
    assert set(read.values()) == {2}
    assert len(measured - read.keys()) <= 10  # a few are also lines of the other split, or were unclear


def test_command_prints_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    [_header, _line, reader, model] = capsys.readouterr().out.splitlines()
    assert reader.startswith("| corpus | reader first | 744 |")
    assert float(model.split("|")[4]) < float(reader.split("|")[4])


def test_bad_table_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "readings.tsv"
    table.write_text(HEADER + "first\tcorpus/A\tA1\thappy\t1\t\n", encoding="utf-8")
    with pytest.raises(DataError, match="column label: unknown emotion 'happy'"):
        load_readings(table)
    assert main(["--readings", str(table)]) == 2
    assert "readings.tsv: row 2" in capsys.readouterr().err
