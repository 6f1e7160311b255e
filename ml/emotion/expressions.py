"""`python -m ml.emotion.expressions`: how many lines a model reads as they were meant, by the kind of expression."""

import argparse
import sys
from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path

from ml.artifacts import EMOTION_MODEL
from ml.emotion.corpora.own import EXPRESSIONS_TABLE, load_expressions
from ml.emotion.corpora.readings import read_readings
from ml.emotion.corpora.sentences import name_text
from ml.emotion.data import Example, Split, split_examples
from ml.emotion.predict import Predictor
from ml.errors import DataError, ModelError
from ml.labels import Emotion

_AT_ONCE = 1000  # texts

Kinds = dict[tuple[str, str], str]  # by source and row


def read_kinds(table: Path) -> Kinds:
    """Raises DataError that names file, row and column."""
    return {(reading.source, reading.row): row["kind"] for _, reading, row in read_readings(table, ("kind",))}


def count_found(examples: Sequence[Example], labels: Iterable[Emotion], kinds: Kinds) -> dict[str, tuple[int, int]]:
    """Of each kind, then of all: how many texts have that label, and how many texts there are."""
    found: defaultdict[str, int] = defaultdict(int)
    texts: defaultdict[str, int] = defaultdict(int)
    for example, label in zip(examples, labels, strict=True):
        for name in (kinds[name_text(example)], "all"):
            texts[name] += 1
            found[name] += example.label == label
    names = [*sorted(set(texts) - {"all"}), "all"]
    return {name: (found[name], texts[name]) for name in names}


def show(model: str, counts: dict[str, tuple[int, int]]) -> str:
    """A row of a Markdown table."""
    shares = (f"{found / texts:.3f} of {texts:,}" for found, texts in counts.values())
    return f"| {' | '.join([model, *shares])} |"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for a bad file or model)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.expressions", description=__doc__)
    parser.add_argument("--model", type=Path, action="append", help="may be repeated (default: the one that ships)")
    parser.add_argument("--table", type=Path, default=EXPRESSIONS_TABLE, help="default: the one that ships")
    parser.add_argument(
        "--split",
        choices=list(Split),
        action="append",
        help="may be repeated (default: test, which alone no part of a model has seen)",
    )
    options = parser.parse_args(arguments)
    try:
        kinds = read_kinds(options.table)
        parts = split_examples(load_expressions(options.table))
        examples = [example for split in options.split or (Split.TEST,) for example in parts[split]]
        if not examples:
            raise DataError(f"{options.table}: has no such lines")
        texts = [example.text for example in examples]
        parted = [texts[start : start + _AT_ONCE] for start in range(0, len(texts), _AT_ONCE)]
        rows = []
        for folder in options.model or [EMOTION_MODEL]:
            predictor = Predictor.load(folder)
            labels = [reading.label for part in parted for reading in predictor.predict(part)]
            rows.append((predictor.model_version, count_found(examples, labels, kinds)))
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    names = list(rows[0][1])
    print("\n".join([f"| {' | '.join(['model', *names])} |", "|---" * (len(names) + 1) + "|"]))
    for version, counts in rows:
        print(show(version, counts))
    return 0


if __name__ == "__main__":
    sys.exit(main())
