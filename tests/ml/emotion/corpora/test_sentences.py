"""Labels of single sentences, cut out of entries and lines."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ml.emotion.corpora import real_lines, sentences
from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.sentences import (
    ENTRY_SENTENCES_TABLE,
    LINE_SENTENCES_TABLE,
    load_entry_sentences,
    load_line_sentences,
    name_text,
    read_sentences,
)
from ml.emotion.data import CORPUS_FOLDER
from ml.emotion.ngram import find_diaries
from ml.emotion.text import normalize, split_sentences
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write, write_texts
from tests.ml.emotion.corpora.splits import Names, split_entry_names, split_line_names

_HEADER = "source\trow\tstart\tend\tlabel\tstrong\tsecond\n"
_ENTRY = '{"id": "A1", "text": "비가  왔다. 우산을 잃어버렸다.", "emotion": "슬픔"}\n'


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    write(tmp_path / "corpus/A.jsonl", _ENTRY)
    return tmp_path / "corpus"


def test_sentences_of_entries_are_diaries_for_training_alone(
    corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = "A\tA1\t0\t6\tneutral\t1\t\nA\tA1\t7\t17\tsadness\t0\tanger\nA\tA1\t0\t3\tunclear\t0\t\n"
    table = write(tmp_path / "sentences.tsv", _HEADER + rows)
    monkeypatch.setattr(sentences, "ENTRY_SENTENCES_TABLE", table)
    scene, loss = load_entry_sentences(corpus)
    assert (scene.text, scene.label, scene.shares) == ("비가 왔다.", Emotion.NEUTRAL, ())
    assert (loss.text, loss.label, loss.only_training) == ("우산을 잃어버렸다.", Emotion.SADNESS, True)
    assert dict(zip(Emotion, loss.shares, strict=True))[Emotion.ANGER] == pytest.approx(0.3)
    assert find_diaries([scene, loss]).all()
    assert scene.id != loss.id


def test_sentences_of_lines_come_from_every_table(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    header = "source\trow\tlabel\tstrong\tsecond\n"
    chosen = write(tmp_path / "real.tsv", f"{header}chatbot\t0\tneutral\t0\t\n")
    hard = write(tmp_path / "hard.tsv", f"{header}kote-val-hard\t77\tjoy\t1\t\n")
    rows = "chatbot\t0\t0\t3\tsadness\t0\t\nkote-val-hard\t77\t6\t8\tjoy\t0\t\n"
    monkeypatch.setattr(real_lines, "REAL_LINES_TABLES", (chosen,))
    monkeypatch.setattr(real_lines, "HARD_LINES_TABLES", (hard,))
    monkeypatch.setattr(real_lines, "FURTHER_READINGS_TABLES", ())
    monkeypatch.setattr(sentences, "LINE_SENTENCES_TABLE", write(tmp_path / "sentences.tsv", _HEADER + rows))
    found = load_line_sentences(write_texts(tmp_path / "texts"))
    assert [example.text for example in found] == ["배고파", "최고"]
    assert all(example.only_training for example in found)
    assert not find_diaries(found).any()


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("A\tA2\t0\t6\tneutral\t1\t", r"row 2: column row: A has no row A2"),
        ("A\tA1\t7\t18\tneutral\t1\t", r"row 2: column end: the text has 17 characters"),
        ("A\tA1\t6\t6\tneutral\t1\t", r"row 2: column end: 6 does not lie behind start, 6"),
        ("A\tA1\t-1\t6\tneutral\t1\t", r"row 2: column start: not a number of characters: '-1'"),
        ("A\tA1\t0\t\tneutral\t1\t", r"row 2: column end: empty"),
        ("A\tA1\t0\t6\tcalm\t1\t", r"row 2: column label: unknown emotion 'calm'"),
    ],
)
def test_a_broken_row_is_named(
    row: str, message: str, corpus: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = write(tmp_path / "sentences.tsv", f"{_HEADER}{row}\n")
    monkeypatch.setattr(sentences, "ENTRY_SENTENCES_TABLE", table)
    with pytest.raises(DataError, match=message):
        load_entry_sentences(corpus)


@pytest.mark.parametrize(
    ("table", "split_names"), [(LINE_SENTENCES_TABLE, split_line_names), (ENTRY_SENTENCES_TABLE, split_entry_names)]
)
def test_sentences_are_of_texts_that_measure_nothing(
    table: Path, split_names: Callable[[], tuple[Names, Names]]
) -> None:
    _, learned = split_names()
    found = {(reading.source, reading.row) for _, reading, _ in read_readings(table)}
    assert len(found) > 5000
    assert found <= learned


def test_committed_sentences_are_whole_ones() -> None:
    """They begin and end where a sentence of today does: who cuts otherwise has to have them read again."""
    texts = {name_text(entry): normalize(entry.text) for entry in load_corpus(CORPUS_FOLDER)}
    rows = list(read_sentences(ENTRY_SENTENCES_TABLE))
    whole = sum(span in split_sentences(texts[reading.source, reading.row]) for _, reading, span in rows)
    assert whole == len(rows) == 26_400
