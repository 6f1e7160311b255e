"""The labels of real lines join the texts of four sources."""

from pathlib import Path

import pytest

from ml.emotion.corpora import real_lines
from ml.emotion.corpora.real_lines import load_hard_lines, load_real_lines
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write, write_texts

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


def test_hard_lines_are_only_for_training(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    labels = write(tmp_path / "hard.tsv", f"{_HEADER}chatbot-hard\t1\tsadness\t0\t\n")
    monkeypatch.setattr(real_lines, "HARD_LINES_TABLE", labels)
    [example] = load_hard_lines(write_texts(tmp_path / "texts"))
    assert (example.text, example.source, example.only_training) == ("시험 떨어졌어", "real_lines/chatbot-hard", True)


def test_real_lines_missing_text_file_is_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}chatbot\t0\tjoy\t0\t\n")
    with pytest.raises(DataError, match=r"ChatbotData\.csv: No such file"):
        load_real_lines(labels, tmp_path)


def test_real_lines_torn_kote_row_is_named(tmp_path: Path) -> None:
    labels = write(tmp_path / "labels.tsv", f"{_HEADER}kote-val\t1\tjoy\t0\t\n")
    write(tmp_path / "kote/val.tsv", "1\t좋다\t0\n2 no tabs\n")
    with pytest.raises(DataError, match=r"val\.tsv: row 2: 1 columns"):
        load_real_lines(labels, tmp_path)
