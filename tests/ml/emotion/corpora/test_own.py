"""The corpus of diary entries, and errors that name the broken line."""

from collections import Counter
from pathlib import Path
from string import ascii_uppercase

import pytest

from ml.emotion.corpora.own import (
    EXPRESSIONS_TABLE,
    FEELINGS_TABLE,
    WRITTEN_LINES_TABLE,
    load_corpus,
    load_expressions,
    load_feelings,
    load_written_lines,
)
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.sentences import name_text
from ml.emotion.data import CORPUS_FOLDER, Split, split_examples, squeeze
from ml.errors import DataError
from ml.labels import Emotion
from tests.ml.emotion.corpora.files import write
from tests.ml.emotion.corpora.splits import split_entry_names

_LATER_PARTS = ("AA", "AB", "AC", "AD", "AE", "AF")
# A second reader took out of these what is not clear.
_READ_PARTS = (
    *(f"A{letter}" for letter in ascii_uppercase if letter > "F"),
    *(f"B{letter}" for letter in ascii_uppercase if letter < "Z"),
)
# Of emotions that real comments rarely show, of plain days, of loss, or of the borders that models confuse.
_UNBALANCED = {
    f"corpus/{part}" for part in ("L", "AM", "BE", "BG", "BH", "BJ", "BK", "BL", "BM", "BN", "BR", "BS", "BW", "BY")
}


def test_every_committed_part_is_balanced_but_those_that_are_not_meant_to_be() -> None:
    counts = Counter((example.source, example.label) for example in load_corpus(CORPUS_FOLDER))
    sources = {source for source, _ in counts}
    assert sources == {f"corpus/{part}" for part in (*ascii_uppercase, *_LATER_PARTS, *_READ_PARTS)}
    for source in sources - _UNBALANCED:
        shares = [counts[source, emotion] for emotion in Emotion]
        was_read = source.removeprefix("corpus/") in _READ_PARTS
        assert max(shares) - min(shares) <= (max(shares) / 5 if was_read else 1), source


def test_another_reader_finds_the_writers_emotions() -> None:
    """What ml/corpus/README.md says of entry_readings.tsv, whose rows lie in no split that measures."""
    _, learned = split_entry_names()
    labels = {name_text(entry): entry.label for entry in load_corpus(CORPUS_FOLDER)}
    found = {
        (reading.source, reading.row): reading for _, reading, _ in read_readings(CORPUS_FOLDER / "entry_readings.tsv")
    }
    assert found.keys() <= learned
    doubted = [name for name, reading in found.items() if reading.label != labels[name]]
    named_second = sum(found[name].second == labels[name] for name in doubted)
    assert (len(found), len(doubted), named_second) == (16_438, 240, 177)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{broken", r"T\.jsonl: row 2: not JSON"),
        ("[1]", r"row 2: column id"),
        ('{"id": "2", "emotion": "기쁨"}', r"row 2: column text"),
        ('{"id": "2", "text": " ", "emotion": "기쁨"}', r"row 2: column text"),
        (
            '{"id": "2", "text": "ㅋ", "emotion": "상처"}',
            r"row 2: column emotion: unknown emotion '상처' \(expected 기쁨",
        ),
    ],
)
def test_corpus_broken_line_is_named(tmp_path: Path, line: str, message: str) -> None:
    write(tmp_path / "T.jsonl", '{"id": "1", "text": "좋다", "emotion": "기쁨"}\n' + line + "\n")
    with pytest.raises(DataError, match=message):
        load_corpus(tmp_path)


def test_corpus_keeps_unusual_line_separators_inside_a_text(tmp_path: Path) -> None:
    write(tmp_path / "T.jsonl", '{"id": "1", "text": "하나\u2028둘", "emotion": "기쁨"}\n')
    assert load_corpus(tmp_path)[0].text == "하나\u2028둘"


def test_training_files_are_only_for_training(tmp_path: Path) -> None:
    for name in ("A.jsonl", "B.training.jsonl"):
        write(tmp_path / name, '{"id": "1", "text": "좋다", "emotion": "기쁨"}\n')
    found = [(example.source, example.only_training) for example in load_corpus(tmp_path)]
    assert found == [("corpus/A", False), ("corpus/B", True)]


def test_corpus_folder_without_files_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no \*\.jsonl"):
        load_corpus(tmp_path)


def test_written_lines_are_another_style_and_only_for_training(tmp_path: Path) -> None:
    rows = [
        "chat\t1\tanxiety\t0\tsadness\t면접 결과가 아직이야",
        "chat\t2\tunclear\t0\t\t어",
        "chat\t3\tjoy\t1\t\t붙었다",
    ]
    table = write(tmp_path / "lines.tsv", "\n".join(["source\trow\tlabel\tstrong\tsecond\ttext", *rows, ""]))
    first, second = load_written_lines(table)
    assert (first.text, first.label, first.source) == ("면접 결과가 아직이야", Emotion.ANXIETY, "written_lines/chat")
    assert first.shares[list(Emotion).index(Emotion.SADNESS)] == pytest.approx(0.3)
    assert (second.text, second.shares) == ("붙었다", ())
    assert first.only_training
    assert second.only_training


def test_our_lines_for_training_alone_are_told_truly_and_stand_once() -> None:
    told = (CORPUS_FOLDER / "README.md").read_text(encoding="utf-8")
    lines, feelings = load_written_lines(WRITTEN_LINES_TABLE), load_feelings(FEELINGS_TABLE)
    for table, examples in ((WRITTEN_LINES_TABLE, lines), (FEELINGS_TABLE, feelings)):
        lengths = [len(example.text) for example in examples]
        _, _, section = told.partition(f"## {table.name}")
        assert f"{len(examples):,} lines of {min(lengths)} to {max(lengths)} characters" in section
        assert all(example.only_training for example in examples)
    counts = Counter(example.source for example in feelings)
    assert set(counts) == {"feelings/feeling", "feelings/event"}
    assert all(f"`{source.partition('/')[2]}`, {count:,}" in told for source, count in counts.items())
    texts = [squeeze(example.text) for example in feelings]
    assert len(set(texts)) == len({(example.source, example.id) for example in feelings}) == len(feelings)
    others = [*load_corpus(CORPUS_FOLDER), *lines, *load_expressions(EXPRESSIONS_TABLE)]
    assert not set(texts) & {squeeze(example.text) for example in others}


def test_written_line_without_text_is_named(tmp_path: Path) -> None:
    table = write(tmp_path / "lines.tsv", "source\trow\tlabel\tstrong\tsecond\ttext\nchat\t1\tjoy\t1\t\t\n")
    with pytest.raises(DataError, match=r"lines\.tsv: row 2: column text: empty"):
        load_written_lines(table)


def test_lines_of_a_group_stay_together_and_measure_as_well(tmp_path: Path) -> None:
    header = "source\trow\tlabel\tstrong\tsecond\tkind\tgroup\ttext"
    rows = [
        f"A\t{expression}-{line}\tanger\t1\t\tidiom\t뒷목 {expression}\t뒷목을 잡았다 {expression} {line}"
        for expression in range(30)
        for line in range(3)
    ]
    table = write(tmp_path / "expressions.tsv", "\n".join([header, *rows, ""]))
    examples = load_expressions(table)
    assert (examples[0].source, examples[0].group, examples[0].label) == ("expressions/A", "뒷목 0", Emotion.ANGER)
    assert all(example.measured_apart and not example.only_training for example in examples)
    parts = split_examples(examples)
    groups = [{example.group for example in parts[split]} for split in Split]
    assert [len(part) for part in groups] == [24, 3, 3]
    assert len(set.union(*groups)) == 30
    assert [len(parts[split]) for split in Split] == [72, 9, 9]


def test_line_without_a_group_is_refused(tmp_path: Path) -> None:
    table = write(tmp_path / "e.tsv", "source\trow\tlabel\tgroup\ttext\nA\t1\tjoy\t\t쾌재를 불렀다\n")
    with pytest.raises(DataError, match=r"e\.tsv: row 2: column group: empty"):
        load_expressions(table)


def test_our_expressions_are_told_truly_and_stand_in_no_entry() -> None:
    examples = load_expressions(EXPRESSIONS_TABLE)
    groups = {example.group for example in examples}
    told = (CORPUS_FOLDER / "README.md").read_text(encoding="utf-8")
    assert f"of {len(examples):,} lines" in told
    assert f"{len(groups):,} groups" in told
    texts = [squeeze(example.text) for example in examples]
    assert len(set(texts)) == len({example.id for example in examples}) == len(examples)
    others = [*load_corpus(CORPUS_FOLDER), *load_written_lines(WRITTEN_LINES_TABLE)]
    assert not set(texts) & {squeeze(example.text) for example in others}
    lengths = [len(example.text) for example in examples]
    assert f"{min(lengths)} to {max(lengths)} characters" in told.partition("## expressions.tsv")[2]
    parts = split_examples(examples)
    train, validation, test = ({example.group for example in parts[split]} for split in Split)
    assert not train & (validation | test)
    assert not validation & test
