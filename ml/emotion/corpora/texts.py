"""Texts that nobody has read for our six labels, for a model to be taught by another one (`ml.emotion.distil`)."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from ml.emotion.corpora.own import load_corpus
from ml.emotion.corpora.real_lines import load_all_real_lines, load_hard_lines
from ml.emotion.corpora.tags import KINDS as TAG_KINDS
from ml.emotion.corpora.tags import choose, parse_counted
from ml.emotion.data import Example, Split, drop_texts, split_examples, squeeze
from ml.emotion.text import normalize, split_sentences
from ml.files import read_lines, read_rows

TEXTS_FORM = "KIND:PATH[:COUNT]"
# Shorter ones say too little; of longer ones an encoder reads parts only.
SHORTEST, LONGEST = 4, 400
_CHATBOT_COLUMNS = ("Q", "A")


def load_texts(spec: str) -> list[str]:
    """Load KIND:PATH[:COUNT]: the texts of a source, at most COUNT of them, the same ones every time.

    Raises DataError for an unknown kind, a missing path or a file that cannot be read; it names file and row.
    """
    kind, path, count = parse_counted(spec, KINDS, option="--texts")
    return KINDS[kind](path, count)


def choose_texts(found: Sequence[str], labelled: Sequence[Example]) -> Iterator[str]:
    """The texts, normalised, each once, that are neither among the labelled ones nor too short or too long."""
    seen = {squeeze(normalize(example.text)) for example in labelled}
    for text in map(normalize, found):
        squeezed = squeeze(text)
        if squeezed not in seen and len(squeezed) >= SHORTEST and len(text) <= LONGEST:
            seen.add(squeezed)
            yield text


def cut_passages(text: str) -> Iterator[str]:
    """Each sentence of a text, and where there are three or more, the text without its first and without its last one.

    A label says what a whole entry comes to; how its parts read, a teacher has to say.
    """
    spans = split_sentences(text)
    if len(spans) > 1:
        yield from (text[start:end] for start, end in spans)
    if len(spans) > 2:
        yield text[spans[1][0] :]
        yield text[: spans[-2][1]]


def _load_passages(folder: Path, count: int) -> list[str]:
    """Passages of a corpus' entries, of the training split alone."""
    return _cut_training_texts(load_corpus(folder), count)


def _load_line_passages(folder: Path, count: int) -> list[str]:
    """Passages of the labelled lines, many of which are comments of several sentences."""
    return _cut_training_texts([*load_all_real_lines(folder), *load_hard_lines(folder)], count)


def _cut_training_texts(examples: Sequence[Example], count: int) -> list[str]:
    """Passages of the training split; no text of it that also stands in a part that measures is cut up."""
    parts = split_examples(examples)
    found = drop_texts(parts[Split.TRAIN], [*parts[Split.VALIDATION], *parts[Split.TEST]])
    return choose([passage for example in found for passage in cut_passages(example.text)], count, key=str)


def _load_tagged(kind: str, path: Path, count: int) -> list[str]:
    """The texts of a label set, chosen whatever their tags are: film reviews as people rate them."""
    return choose([row.text for row in TAG_KINDS[kind](path, 0)], count, key=str)


def _load_chatbot(path: Path, count: int) -> list[str]:
    """Questions and answers of ChatbotData.csv."""
    rows = read_rows(path, columns=_CHATBOT_COLUMNS)
    return choose([row[column] for _, row in rows for column in _CHATBOT_COLUMNS], count, key=str)


def _load_lines(path: Path, count: int) -> list[str]:
    """A text in each line."""
    return choose([line for _, line in read_lines(path)], count, key=str)


KINDS: dict[str, Callable[[Path, int], list[str]]] = {
    **{kind: partial(_load_tagged, kind) for kind in TAG_KINDS},
    "chatbot": _load_chatbot,
    "lines": _load_lines,
    "line_passages": _load_line_passages,
    "passages": _load_passages,
}
