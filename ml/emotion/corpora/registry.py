"""`--data` values: which loader they name, on which path, with which weight."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from ml.emotion.corpora.dialogues import load_dialogues, load_utterances
from ml.emotion.corpora.kote import load_kote
from ml.emotion.corpora.own import (
    EXPRESSIONS_TABLE,
    FEELINGS_TABLE,
    WRITTEN_LINES_TABLE,
    load_corpus,
    load_expressions,
    load_feelings,
    load_written_lines,
)
from ml.emotion.corpora.real_lines import load_all_real_lines, load_hard_lines
from ml.emotion.corpora.sentences import load_entry_sentences, load_line_sentences
from ml.emotion.corpora.table import load_csv
from ml.emotion.data import CORPUS_FOLDER, Example, drop_texts
from ml.errors import DataError

SPEC_FORM = "KIND[:PATH][:WEIGHT]"
_WEIGHT = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)(e[+-]?[0-9]+)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Corpus:
    """One kind of `--data`: a function from a path to examples of weight 1, and what the path has to be."""

    load: Callable[[Path], list[Example]]
    path: str
    default: Path | None = None  # without one, a path has to be given


CORPORA: dict[str, Corpus] = {
    "corpus": Corpus(load_corpus, "FOLDER", CORPUS_FOLDER),
    "real_lines": Corpus(load_all_real_lines, "TEXTS"),
    "hard_lines": Corpus(load_hard_lines, "TEXTS"),
    "written_lines": Corpus(load_written_lines, "FILE", WRITTEN_LINES_TABLE),
    "feelings": Corpus(load_feelings, "FILE", FEELINGS_TABLE),
    "expressions": Corpus(load_expressions, "FILE", EXPRESSIONS_TABLE),
    "entry_sentences": Corpus(load_entry_sentences, "FOLDER", CORPUS_FOLDER),
    "line_sentences": Corpus(load_line_sentences, "TEXTS"),
    "kote": Corpus(load_kote, "FILE_OR_FOLDER"),
    "dialogues": Corpus(load_dialogues, "FILE"),
    "utterances": Corpus(load_utterances, "FILE"),
    "csv": Corpus(load_csv, "FILE"),
}


def load_sources(specs: Sequence[str]) -> list[Example]:
    """Load several `--data` values together, in their order, as `prefer_real_lines` leaves them.

    Raises DataError like `load_source`.
    """
    return prefer_real_lines([example for spec in specs for example in load_source(spec)])


def prefer_real_lines(examples: Sequence[Example]) -> list[Example]:
    """Drop the KOTE comments that are also among the real lines, whose reader had our six emotions in mind."""
    real_lines = [example for example in examples if example.source.startswith("real_lines/")]
    kote = [example for example in examples if example.source.startswith("kote/")]
    kept = set(drop_texts(kote, real_lines))
    return [example for example in examples if example in kept or not example.source.startswith("kote/")]


def load_source(spec: str) -> list[Example]:
    """Load what one `--data` value names: KIND[:PATH][:WEIGHT], where a number at the end is the weight.

    A weight of 0 is for what is only to measure (`Example`).

    Raises DataError for an unknown kind, a missing path, a weight below 0, one of 0 for what never measures, or a
    file that cannot be read.
    """
    kind, path, weight = _parse_spec(spec)
    corpus = CORPORA.get(kind)
    if corpus is None:
        raise DataError(f"--data {spec}: unknown kind {kind!r}: expected {describe_kinds()}")
    place = Path(path) if path else corpus.default
    if place is None:
        raise DataError(f"--data {spec}: expected {kind}:{corpus.path}[:WEIGHT]")
    examples = corpus.load(place)
    if not weight and all(example.only_training for example in examples):
        raise DataError(f"--data {spec}: is for training alone, so that a weight of 0 leaves nothing of it")
    return [replace(example, weight=weight) for example in examples]


def describe_kinds() -> str:
    """The kinds and their paths, for help texts and errors."""
    kinds = [
        f"{kind}[:{corpus.path}]" if corpus.default else f"{kind}:{corpus.path}" for kind, corpus in CORPORA.items()
    ]
    return f"{', '.join(kinds[:-1])} or {kinds[-1]}"


def describe_spec(spec: str) -> str:
    """The same `--data` value with a placeholder for the path, for records that others read."""
    kind, path, weight = _parse_spec(spec)
    return kind + (":PATH" if path else "") + (f":{weight:g}" if weight != 1 else "")


def _parse_spec(spec: str) -> tuple[str, str, float]:
    """Kind, path ("" for none) and weight; the path may have colons of its own."""
    kind, _, path = spec.partition(":")
    weight = 1.0
    head, _, last = path.rpartition(":")
    if _WEIGHT.fullmatch(last):
        path, weight = head, float(last)
    if not kind:
        raise DataError(f"--data {spec!r}: expected {SPEC_FORM}")
    if not 0 <= weight < float("inf"):
        raise DataError(f"--data {spec}: the weight has to be a number above 0, or 0 for what only measures")
    return kind, path, weight
