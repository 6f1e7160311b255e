"""`python -m ml.emotion.corpora SPEC …`: count what `--data` values hold, and how KOTE agrees with the real lines."""

import argparse
import sys
from collections import Counter
from collections.abc import Sequence

from ml.emotion.corpora.registry import SPEC_FORM, describe_kinds, load_source, prefer_real_lines
from ml.emotion.data import Example, Split, split_examples, squeeze
from ml.errors import DataError
from ml.labels import Emotion


def count_sources(examples: Sequence[Example]) -> str:
    """A table of the examples by source and emotion, before any are dropped as repeated."""
    counts = Counter((example.source, example.label) for example in examples)
    lines = ["\t".join(["source", *Emotion, "all"])]
    for source in sorted({example.source for example in examples}):
        row = [counts[source, emotion] for emotion in Emotion]
        lines.append("\t".join([source, *map(str, row), str(sum(row))]))
    return "\n".join(lines)


def compare_labels(examples: Sequence[Example]) -> tuple[int, int]:
    """How many KOTE comments are also in the training split of the real lines, and how many have the same label.

    Only that split is compared, so that the rule by which KOTE's labels become ours may be chosen on the result.
    """
    real_lines = [example for example in examples if example.source.startswith("real_lines/")]
    read = {squeeze(example.text): example.label for example in split_examples(real_lines)[Split.TRAIN]}
    pairs = [
        (example.label, read[squeeze(example.text)])
        for example in examples
        if example.source.startswith("kote/") and squeeze(example.text) in read
    ]
    return len(pairs), sum(voted == label for voted, label in pairs)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data)."""
    parser = argparse.ArgumentParser(prog="python -m ml.emotion.corpora", description=__doc__)
    parser.add_argument("specs", nargs="+", metavar=SPEC_FORM, help=describe_kinds())
    try:
        examples = [example for spec in parser.parse_args(arguments).specs for example in load_source(spec)]
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(count_sources(examples))
    print(f"{len(prefer_real_lines(examples))} of {len(examples)} stay: KOTE comments that are real lines go")
    shared, equal = compare_labels(examples)
    if shared:
        print(f"KOTE and the real lines' training split: {shared} texts in both, {equal / shared:.3f} labelled alike")
    return 0


if __name__ == "__main__":
    sys.exit(main())
