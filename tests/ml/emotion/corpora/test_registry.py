"""`--data` values: kinds, paths with colons, weights, and which label wins where KOTE and the real lines meet."""

from dataclasses import replace
from pathlib import Path

import pytest

from ml.emotion.corpora import real_lines, registry
from ml.emotion.corpora.__main__ import main
from ml.emotion.corpora.registry import describe_spec, load_source, load_sources
from ml.emotion.data import CORPUS_FOLDER, Split, split_examples
from ml.emotion.train import split_for_training
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write, write_texts


@pytest.fixture
def table(tmp_path: Path) -> Path:
    return write(tmp_path / "a:b" / "t.csv", "text,emotion\n좋다,기쁨\n")


@pytest.mark.parametrize(
    ("suffix", "weight"), [("", 1), (":0.5", 0.5), (":3", 3), (":.25", 0.25), (":1e-2", 0.01), (":0", 0)]
)
def test_weight_is_the_number_at_the_end_and_paths_may_have_colons(table: Path, suffix: str, weight: float) -> None:
    [example] = load_source(f"csv:{table}{suffix}")
    assert (example.text, example.weight) == ("좋다", weight)


def test_corpus_needs_no_path() -> None:
    examples = load_source("corpus")
    assert examples == load_source(f"corpus:{CORPUS_FOLDER}")
    assert load_source("corpus:3") == [replace(example, weight=3.0) for example in examples]


def test_corpus_takes_path_and_weight(tmp_path: Path) -> None:
    write(tmp_path / "T.jsonl", '{"id": "1", "text": "좋다", "emotion": "기쁨"}\n')
    [example] = load_source(f"corpus:{tmp_path}:2")
    assert (example.source, example.weight) == ("corpus/T", 2.0)


@pytest.mark.parametrize(
    ("spec", "description"),
    [
        ("corpus", "corpus"),
        ("corpus:3", "corpus:3"),
        ("corpus:some/folder:1", "corpus:PATH"),
        ("real_lines:some/fol:der:0.7", "real_lines:PATH:0.7"),
    ],
)
def test_description_hides_the_path(spec: str, description: str) -> None:
    assert describe_spec(spec) == description


@pytest.mark.parametrize(
    ("spec", "message"),
    [
        ("", "expected KIND"),
        ("tweets:x", "unknown kind 'tweets': expected corpus"),
        ("corpus@3", "unknown kind 'corpus@3'"),
        ("corpus:-1", "the weight has to be a number above 0, or 0 for what only measures"),
        ("corpus:1e999", "the weight has to be a number above 0"),
        ("written_lines:0", "is for training alone"),
        ("real_lines", "expected real_lines:TEXTS"),
        ("kote:0.5", "expected kote:FILE_OR_FOLDER"),
        ("dialogues:", "expected dialogues:FILE"),
    ],
)
def test_unknown_or_badly_weighted_value_is_refused(spec: str, message: str) -> None:
    with pytest.raises(DataError, match=f"--data .*{message}"):
        load_source(spec)


@pytest.fixture
def overlapping(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """KOTE and real lines of the same 40 comments; their labels differ."""
    texts = write_texts(tmp_path / "texts")
    rows = [f"{number}\t댓글 {number}\t42" for number in range(60)]
    write(texts / "kote/val.tsv", "\n".join(rows) + "\n")
    lines = ["source\trow\tlabel", *(f"kote-val\t{number}\tanger" for number in range(40))]
    labels = write(tmp_path / "labels.tsv", "\n".join(lines) + "\n")
    load = registry.Corpus(lambda path: real_lines.load_real_lines(labels, path), "TEXTS")
    monkeypatch.setitem(registry.CORPORA, "real_lines", load)
    return [f"kote:{texts / 'kote/val.tsv'}:0.5", f"real_lines:{texts}"]


def test_real_lines_win_over_kote(overlapping: list[str]) -> None:
    examples = load_sources(overlapping)
    by_text = {example.text: example for example in examples}
    assert len(examples) == len(by_text) == 60
    assert all(by_text[f"댓글 {number}"].label is Emotion.ANGER for number in range(40))
    kote = [example for example in examples if example.label is Emotion.JOY]
    assert {(example.source, example.weight) for example in kote} == {("kote/val", 0.5)}


def test_held_out_real_lines_never_train_by_way_of_kote(overlapping: list[str]) -> None:
    together = [example for spec in overlapping for example in load_source(spec)]
    alone = split_examples([example for example in together if example.source.startswith("real_lines/")])
    held_out = {example.text for name in (Split.VALIDATION, Split.TEST) for example in alone[name]}
    assert len(held_out) == 8
    for examples in (together, load_sources(overlapping)):
        assert not held_out & {example.text for example in split_for_training(examples)[Split.TRAIN]}


def test_command_counts_sources_and_agreement(overlapping: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(overlapping) == 0
    output = capsys.readouterr().out.splitlines()
    assert output[1].split("\t") == ["kote/val", "60", "0", "0", "0", "0", "0", "60"]
    assert output[2].split("\t") == ["real_lines/kote-val", "0", "0", "40", "0", "0", "0", "40"]
    assert output[3].startswith("60 of 100 stay")
    assert output[4].endswith("32 texts in both, 0.000 labelled alike")


def test_command_names_a_broken_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["tweets:x"]) == 2
    assert "unknown kind 'tweets'" in capsys.readouterr().err
