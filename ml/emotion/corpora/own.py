"""What was written for this project: the corpus of diary entries, *.jsonl files, and lines in other styles."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from ml.emotion.corpora.fields import parse_emotion
from ml.emotion.corpora.readings import Reading, read_readings, share_label
from ml.emotion.data import CORPUS_FOLDER, Example
from ml.errors import DataError
from ml.files import read_text

WRITTEN_LINES_TABLE = CORPUS_FOLDER / "written_lines.tsv"
FEELINGS_TABLE = CORPUS_FOLDER / "feelings.tsv"
EXPRESSIONS_TABLE = CORPUS_FOLDER / "expressions.tsv"
_COLUMNS = ("id", "text", "emotion")


def load_corpus(folder: Path) -> list[Example]:
    """Read every *.jsonl file of a folder: one object a line with `id`, `text` and a Korean `emotion`.

    What a *.training.jsonl holds is only for training: it came when the other files' splits had long been in use.
    Raises DataError that names file, row and column.
    """
    paths = sorted(folder.glob("*.jsonl"))
    if not paths:
        raise DataError(f"{folder}: no *.jsonl file in this folder")
    return [example for path in paths for example in _read_file(path)]


def load_written_lines(path: Path) -> list[Example]:
    """Read a table of readings that has the lines' texts as well (`text`). They are only for training.

    Raises DataError that names file, row and column.
    """
    return _load_for_training("written_lines", path)


def load_feelings(path: Path) -> list[Example]:
    """The same of lines that tell a word of feeling, or an event, and nothing else."""
    return _load_for_training("feelings", path)


def load_expressions(path: Path) -> list[Example]:
    """Read a table of readings that also has the lines' texts, and the group of what each was written for.

    The lines of a group stay in one split, and no epoch, mixture or temperature is chosen on them. Raises DataError
    that names file, row and column.
    """
    return [
        replace(_make_line("expressions", reading, row["text"]), group=row["group"], measured_apart=True)
        for _, reading, row in read_readings(path, ("group", "text"))
    ]


def _load_for_training(family: str, path: Path) -> list[Example]:
    return [
        replace(_make_line(family, reading, row["text"]), only_training=True)
        for _, reading, row in read_readings(path, ("text",))
    ]


def _make_line(family: str, reading: Reading, text: str) -> Example:
    source = f"{family}/{reading.source}"
    return Example(text, reading.label, 1.0, source, reading.row, shares=share_label([reading]))


def _read_file(path: Path) -> Iterator[Example]:
    for number, line in enumerate(read_text(path).split("\n"), start=1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except json.JSONDecodeError as error:
            raise DataError(f"{path}: row {number}: not JSON ({error})") from error
        for column in _COLUMNS:
            if not isinstance(row, dict) or not isinstance(row.get(column), str) or not row[column].strip():
                raise DataError(f"{path}: row {number}: column {column}: missing or not text")
        label = parse_emotion(row["emotion"], path=path, row=number, column="emotion")
        part, _, suffix = path.stem.partition(".")
        yield Example(row["text"], label, 1.0, f"corpus/{part}", row["id"], only_training=suffix == "training")
