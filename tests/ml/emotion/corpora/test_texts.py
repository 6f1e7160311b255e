"""Texts without labels: the exact formats, and errors that say where."""

import json
from pathlib import Path

import pytest

from ml.emotion.corpora import texts
from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.texts import cut_passages, load_texts
from ml.emotion.data import Example, Split, split_examples
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write


def test_lines_are_texts(tmp_path: Path) -> None:
    path = write(tmp_path / "lines.txt", "첫 줄\n\n  둘째 줄 \n")
    assert load_texts(f"lines:{path}") == ["첫 줄", "둘째 줄"]


def test_chatbot_gives_questions_and_answers(tmp_path: Path) -> None:
    path = write(tmp_path / "ChatbotData.csv", "Q,A,label\n12시 땡!,하루가 또 가네요.,0\n")
    assert load_texts(f"chatbot:{path}") == ["12시 땡!", "하루가 또 가네요."]


def test_sets_with_tags_give_their_texts(tmp_path: Path) -> None:
    path = write(tmp_path / "train.tsv", "고마워요\t15,17\n")
    assert load_texts(f"goemotions:{path}") == ["고마워요"]


def test_count_of_reviews_leaves_the_ratings_as_they_are(tmp_path: Path) -> None:
    rows = [
        "rating\ttext",
        *(f"10\t좋다 {number}" for number in range(95)),
        *(f"1\t싫다 {number}" for number in range(5)),
    ]
    path = write(tmp_path / "reviews.tsv", "\n".join(rows) + "\n")
    chosen = load_texts(f"nsmc:{path}:40")
    assert len(chosen) == 40
    assert sum(text.startswith("좋다") for text in chosen) >= 35


def test_count_chooses_the_same_texts_in_whatever_order(tmp_path: Path) -> None:
    lines = [f"글 {number}" for number in range(50)]
    forwards = write(tmp_path / "forwards.txt", "\n".join(lines))
    backwards = write(tmp_path / "backwards.txt", "\n".join(reversed(lines)))
    chosen = load_texts(f"lines:{forwards}:7")
    assert len(set(chosen)) == 7
    assert chosen == load_texts(f"lines:{backwards}:7")


def test_passages_are_parts_of_entries_and_no_whole_ones() -> None:
    assert list(cut_passages("비가 왔다.")) == []
    assert list(cut_passages("비가 왔다. 좋았다.")) == ["비가 왔다.", "좋았다."]
    parts = list(cut_passages("비가 왔다. 우산이 없었다. 뛰었다."))
    assert parts == ["비가 왔다.", "우산이 없었다.", "뛰었다.", "우산이 없었다. 뛰었다.", "비가 왔다. 우산이 없었다."]


def test_passages_come_from_the_training_split_alone(tmp_path: Path) -> None:
    rows = [
        {"id": f"A{number}", "text": f"{number}번 버스를 탔다. 좋았다.", "emotion": "기쁨"} for number in range(50)
    ]
    write(tmp_path / "A.jsonl", "\n".join(json.dumps(row) for row in rows))
    parts = split_examples(load_corpus(tmp_path))
    found = set(load_texts(f"passages:{tmp_path}"))
    numbers = {split: {example.text.split(".")[0] + "." for example in parts[split]} for split in Split}
    assert found == numbers[Split.TRAIN] | {"좋았다."}
    assert numbers[Split.VALIDATION]
    assert numbers[Split.TEST]


def test_passages_of_lines_come_from_the_tables_of_labels(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [
        Example(f"{number}번 비가 왔다. 좋았다.", Emotion.JOY, 1.0, "real_lines/chatbot", str(number))
        for number in range(50)
    ]
    parts = split_examples(lines)
    repeated = parts[Split.TEST][0].text  # a hard line that says what a line that measures says
    hard = [
        Example(text, Emotion.JOY, 1.0, "hard_lines/youtube", text, only_training=True)
        for text in ("해가 났다. 나갔다.", repeated)
    ]
    tables = {"load_all_real_lines": lines, "load_hard_lines": hard}
    for name, examples in tables.items():
        monkeypatch.setattr(texts, name, {tmp_path: examples}.__getitem__)
    found = set(load_texts(f"line_passages:{tmp_path}"))
    assert found == {line.text.split(".")[0] + "." for line in parts[Split.TRAIN]} | {
        "좋았다.",
        "해가 났다.",
        "나갔다.",
    }


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("poems:x.txt", "--texts poems:x.txt: expected KIND:PATH"),
        ("lines", "expected KIND:PATH"),
        ("lines:missing.txt", "missing.txt: No such file"),
    ],
)
def test_bad_texts_say_what_is_wrong(spec: str, message: str) -> None:
    with pytest.raises(DataError, match=message):
        load_texts(spec)


def test_chatbot_without_its_columns_says_which(tmp_path: Path) -> None:
    path = write(tmp_path / "ChatbotData.csv", "Q,label\n안녕,0\n")
    with pytest.raises(DataError, match="row 1: missing column A"):
        load_texts(f"chatbot:{path}")
