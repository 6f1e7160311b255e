"""Labels of single sentences of entries and lines: what a reader found in each, who saw nothing of the rest.

A whole text's label does not say which of its sentences tell it. All of them are cut out of training texts, and only
for training themselves.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.readings import Reading, read_readings, share_label
from ml.emotion.corpora.real_lines import load_all_real_lines, load_hard_lines
from ml.emotion.data import CORPUS_FOLDER, Example
from ml.emotion.text import normalize
from ml.errors import DataError

ENTRY_SENTENCES_TABLE = CORPUS_FOLDER / "entry_sentences.tsv"
LINE_SENTENCES_TABLE = CORPUS_FOLDER / "line_sentences.tsv"
_COLUMNS = ("start", "end")

Span = tuple[int, int]  # start and end of a sentence in the normalised text


def load_entry_sentences(folder: Path) -> list[Example]:
    """Sentences of this corpus' entries, which the folder holds.

    Raises DataError like `load_corpus` and `_cut_sentences`.
    """
    return list(_cut_sentences(ENTRY_SENTENCES_TABLE, load_corpus(folder)))


def load_line_sentences(texts: Path) -> list[Example]:
    """Sentences of real lines, whose texts lie in the folder `texts`. Raises DataError like `load_hard_lines`."""
    return list(_cut_sentences(LINE_SENTENCES_TABLE, [*load_all_real_lines(texts), *load_hard_lines(texts)]))


def name_text(whole: Example) -> tuple[str, str]:
    """What tables call a text: a part of the corpus by its letters, or a real line's source, and the id within."""
    return whole.source.partition("/")[2], whole.id


def read_sentences(table: Path) -> Iterator[tuple[int, Reading, Span]]:
    """Yield (line number, reading, where its sentence lies). Raises DataError that names file, row and column."""
    for number, reading, row in read_readings(table, _COLUMNS):
        start, end = (_read_place(row[column], table, number, column) for column in _COLUMNS)
        yield number, reading, (start, end)


def _cut_sentences(table: Path, wholes: Sequence[Example]) -> Iterator[Example]:
    """The sentences that the table names by source, row and place in the normalised text.

    Raises DataError that names file, row and column where there is no such text, or it is too short.
    """
    texts = {name_text(whole): whole for whole in wholes}
    for number, reading, (start, end) in read_sentences(table):
        whole = texts.get((reading.source, reading.row))
        if whole is None:
            raise DataError(f"{table}: row {number}: column row: {reading.source} has no row {reading.row}")
        text = normalize(whole.text)
        if start >= end:
            raise DataError(f"{table}: row {number}: column end: {end} does not lie behind start, {start}")
        if end > len(text):
            raise DataError(f"{table}: row {number}: column end: the text has {len(text)} characters")
        yield Example(
            text[start:end],
            reading.label,
            1.0,
            f"{whole.source}/sentences",
            f"{whole.id}:{start}",
            only_training=True,
            shares=share_label([reading]),
        )


def _read_place(value: str, table: Path, number: int, column: str) -> int:
    if not value.isascii() or not value.isdigit():
        raise DataError(f"{table}: row {number}: column {column}: not a number of characters: {value!r}")
    return int(value)
