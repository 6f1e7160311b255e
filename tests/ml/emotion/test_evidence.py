"""What a page marks, beside what a reader found in each sentence."""

from pathlib import Path

import pytest

from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.readings import Reading
from ml.emotion.corpora.sentences import name_text, read_sentences
from ml.emotion.data import CORPUS_FOLDER, Example, Split, split_examples
from ml.emotion.evidence import READINGS_TABLE, Evidence, main, measure_evidence
from ml.emotion.marking import MARK_FROM, is_marked
from ml.emotion.predict import Prediction, SentenceScore
from ml.emotion.text import normalize, split_sentences
from ml.labels import Emotion

JOY, SADNESS, NEUTRAL = Emotion.JOY, Emotion.SADNESS, Emotion.NEUTRAL
SPANS = ((0, 4), (5, 9), (10, 14))


def give_scores(**shares: float) -> dict[Emotion, float]:
    return dict.fromkeys(Emotion, 0.0) | {Emotion(name): share for name, share in shares.items()}


def predict(label: Emotion, *scores: dict[Emotion, float], is_unsure: bool = False) -> Prediction:
    sentences = [SentenceScore(*span, found) for span, found in zip(SPANS, scores, strict=True)]
    return Prediction(give_scores(), label, is_unsure, 0.9, sentences, "model")


def read(label: Emotion, second: Emotion | None = None) -> Reading:
    return Reading("A", "A1", label, second)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"joy": 0.9, "sadness": 0.1}, True),
        ({"joy": MARK_FROM, "sadness": 0.6}, True),
        ({"joy": MARK_FROM - 0.01, "sadness": 0.2}, False),
    ],
)
def test_a_sentence_is_marked_that_says_enough_of_the_label(scores: dict[str, float], expected: bool) -> None:
    assert is_marked(give_scores(**scores), JOY) is expected


def test_marks_are_counted_beside_what_a_reader_found() -> None:
    entry = Example("가나다. 라마바. 사아자.", JOY, 1.0, "corpus/A", "A1")
    glad, sad = give_scores(joy=0.9, sadness=0.1), give_scores(joy=0.1, sadness=0.9)
    found = {("A", "A1"): dict(zip(SPANS, (read(JOY), read(NEUTRAL, JOY), read(JOY)), strict=True))}
    assert measure_evidence([entry], [predict(JOY, glad, glad, sad)], found) == Evidence(1, 2, 2, 2, 1, 1, 1)
    assert measure_evidence([entry], [predict(JOY, sad, glad, sad)], found) == Evidence(1, 1, 1, 2, 0, 1, 0)
    assert measure_evidence([entry], [predict(SADNESS, sad, sad, sad)], found) == Evidence(0, 0, 0, 0, 0, 0, 0)
    assert measure_evidence([entry], [predict(JOY, glad, glad, glad)], {}) == Evidence(0, 0, 0, 0, 0, 0, 0)


def test_a_text_in_which_a_page_marks_nothing_does_not_count() -> None:
    sure = give_scores(joy=1.0)
    found = {("A", "A1"): dict.fromkeys(SPANS, read(JOY)), ("A", "A2"): dict.fromkeys(SPANS, read(NEUTRAL))}
    glad = Example("가나다. 라마바. 사아자.", JOY, 1.0, "corpus/A", "A1")
    plain = Example("가나다. 라마바. 사아자.", NEUTRAL, 1.0, "corpus/A", "A2")
    predictions = [predict(JOY, sure, sure, sure, is_unsure=True), predict(NEUTRAL, sure, sure, sure)]
    assert measure_evidence([glad, plain], predictions, found) == Evidence(0, 0, 0, 0, 0, 0, 0)


def test_a_sentence_of_which_the_reader_was_unsure_tells_nothing() -> None:
    entry = Example("가나다. 라마바. 사아자.", JOY, 1.0, "corpus/A", "A1")
    glad = give_scores(joy=1.0)
    found = {("A", "A1"): dict.fromkeys(SPANS[:2], read(JOY))}
    assert measure_evidence([entry], [predict(JOY, glad, glad, glad)], found) == Evidence(1, 3, 2, 2, 2, 1, 1)


def test_every_sentence_of_the_measuring_splits_was_read() -> None:
    parts = split_examples(load_corpus(CORPUS_FOLDER))
    expected = {
        (*name_text(entry), *span)
        for split in (Split.VALIDATION, Split.TEST)
        for entry in parts[split]
        if len(spans := split_sentences(normalize(entry.text))) > 1
        for span in spans
    }
    rows = [(reading.source, reading.row, *span) for _, reading, span in read_sentences(READINGS_TABLE)]
    assert len(rows) == len(set(rows))
    assert len(expected - set(rows)) <= 20  # which the reader found unclear
    assert set(rows) <= expected


def test_command_prints_a_row_for_each_model(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 0
    [_header, _line, row] = capsys.readouterr().out.splitlines()
    assert row.startswith("| emotion | ")
    right, found = (float(cell.split()[0]) for cell in row.split("|")[3:5])
    assert right > 0.8
    assert found > 0.6


def test_bad_table_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    table = tmp_path / "t.tsv"
    table.write_text("source\trow\tstart\tend\tlabel\nA\tA1\tx\t2\tjoy\n", encoding="utf-8")
    assert main(["--readings", str(table)]) == 2
    assert "t.tsv: row 2: column start: not a number" in capsys.readouterr().err
