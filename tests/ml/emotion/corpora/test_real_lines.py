"""The labels of real lines join the texts of four sources."""

import gzip
from pathlib import Path

import pytest

from ml.emotion.corpora import real_lines
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.real_lines import (
    FURTHER_READINGS_TABLES,
    load_hard_lines,
    load_real_lines,
)
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write, write_texts
from tests.ml.emotion.corpora.splits import split_line_names

_HEADER = "source\trow\tlabel\tstrong\tsecond\n"


def test_real_lines_join_every_source_and_drop_unclear(tmp_path: Path) -> None:
    rows = ["chatbot\t1\tsadness\t1\t", "kote-val\t77\tjoy\t0\t", "kote-val\t78\tunclear\t0\t"]
    rows += ["kote-test\t5\tanxiety\t0\t", "kote-train8k\t0\tanger\t0\tsadness"]
    labels = write(tmp_path / "labels.tsv", _HEADER + "\n".join(rows) + "\n")
    examples = load_real_lines(labels, write_texts(tmp_path / "texts"))
    assert [(example.text, example.label) for example in examples] == [
        ("시험 떨어졌어", Emotion.SADNESS),
        ('"좋아요" 최고', Emotion.JOY),
        ("무섭다", Emotion.ANXIETY),
        ("짜증", Emotion.ANGER),
    ]


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ("chatbot\t9\tjoy\t0\t", r"row 2: column row: chatbot has no row 9"),
        ("chatbot\t0\thappy\t0\t", r"row 2: column label: unknown emotion 'happy'"),
        ("chatbot\t0\t\t0\t", r"row 2: column label: empty"),
        ("chatbot\t0\tjoy\t0\tsome", r"row 2: column second: unknown emotion 'some'"),
        (
            "nowhere\t0\tjoy\t0\t",
            r"unknown source nowhere: expected chatbot, chatbot-hard, kote-train8k, kote-train8k-2,",
        ),
    ],
)
def test_real_lines_broken_label_row_is_named(tmp_path: Path, rows: str, message: str) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}{rows}\n")
    with pytest.raises(DataError, match=message):
        load_real_lines(labels, write_texts(tmp_path / "texts"))


def test_lines_of_a_text_file_are_named_by_their_number(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}youtube\t3\tjoy\t0\t\n")
    write(tmp_path / "youtube3_hyunyoung/comments_unlabeled.txt", "하나\n\n셋\n")
    assert [example.text for example in load_real_lines(labels, tmp_path)] == ["셋"]


@pytest.mark.parametrize(
    ("source", "path", "content", "row"),
    [
        ("goemotions", "goemotions_ko/train.tsv", "하나\t27\n무서워\t14,3\n", "2"),
        ("xpersona", "xpersona_ko/utterances.txt", "하나\n무서워\n", "2"),
        ("nsmc", "nsmc_raw/reviews.tsv.gz", "review_id\trating\ttext\n91\t8\t하나\n17\t2\t무서워\n", "17"),
    ],
)
def test_lines_of_unlabelled_sources(tmp_path: Path, source: str, path: str, content: str, row: str) -> None:
    target = tmp_path / path
    target.parent.mkdir()
    target.write_bytes(gzip.compress(content.encode()) if path.endswith(".gz") else content.encode())
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}{source}\t{row}\tanxiety\t1\t\n")
    [example] = load_real_lines(labels, tmp_path)
    assert (example.text, example.label, example.shares) == ("무서워", Emotion.ANXIETY, ())


def test_hard_lines_are_only_for_training_and_read_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    hard = write(tmp_path / "hard.tsv", f"{_HEADER}chatbot-hard\t1\tsadness\t0\t\n")
    more = write(tmp_path / "more.tsv", f"{_HEADER}kote-val-hard\t77\tjoy\t1\t\n")
    again = write(tmp_path / "again.tsv", f"{_HEADER}chatbot-hard\t1\tanxiety\t0\tsadness\n")
    monkeypatch.setattr(real_lines, "HARD_LINES_TABLES", (hard, more))
    third = write(tmp_path / "third.tsv", f"{_HEADER}chatbot-hard\t1\tanxiety\t1\t\nkote-val-hard\t77\tunclear\t0\t\n")
    monkeypatch.setattr(real_lines, "FURTHER_READINGS_TABLES", (again, third))
    first, second = load_hard_lines(write_texts(tmp_path / "texts"))
    assert (first.text, first.source, first.only_training) == ("시험 떨어졌어", "real_lines/chatbot-hard", True)
    assert dict(zip(Emotion, first.shares, strict=True)) == pytest.approx(
        dict.fromkeys(Emotion, 0.0) | {Emotion.SADNESS: 1.3 / 3, Emotion.ANXIETY: 1.7 / 3}
    )
    assert first.label is Emotion.SADNESS  # the first reader's, by which lines are split
    assert (second.text, second.only_training, second.shares) == ('"좋아요" 최고', True, ())


def test_second_emotion_has_a_share_of_the_label(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}kote-train8k\t0\tanger\t0\tsadness\n")
    [example] = load_real_lines(labels, write_texts(tmp_path / "texts"))
    shares = dict.fromkeys(Emotion, 0.0) | {Emotion.ANGER: 0.7, Emotion.SADNESS: 0.3}
    assert dict(zip(Emotion, example.shares, strict=True)) == pytest.approx(shares)


@pytest.mark.parametrize("table", FURTHER_READINGS_TABLES, ids=lambda path: path.stem)
def test_further_readings_are_of_lines_that_measure_nothing(table: Path) -> None:
    """The committed tables: another reading of a validation line would be one more look at it."""
    measured, learned = split_line_names()
    again = {(reading.source, reading.row) for _, reading, _ in read_readings(table)}
    assert len(measured) > 3000
    assert len(again) > 10_000
    assert again <= learned
    assert not again & measured


def test_real_lines_missing_text_file_is_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}chatbot\t0\tjoy\t0\t\n")
    with pytest.raises(DataError, match=r"ChatbotData\.csv: No such file"):
        load_real_lines(labels, tmp_path)


def test_real_lines_torn_kote_row_is_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}kote-val\t1\tjoy\t0\t\n")
    write(tmp_path / "kote/val.tsv", "1\t좋다\t0\n2 no tabs\n")
    with pytest.raises(DataError, match=r"val\.tsv: row 2: 1 columns"):
        load_real_lines(labels, tmp_path)
