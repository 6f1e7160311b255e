"""`python -m ml.safety.evaluate`: how much the help card hears, as Markdown tables.

First the strangers, each scored by a model that had not learned from that author: the figures that `ml.safety.train`
saved. Those of c to f flatter, because some rules and the phrases of h were written after reading them. Then the
authors of the test, by the detector and by the rules alone: nothing is chosen on them, and the detector is scored on
them once it is final. Eight of them were told what the card is for and nothing of what is hard to hear; their rows
stand together, too, since a requirement of recall and false alarms is about what people would write. The phrases of
the rules' author (a) are all for learning now, `held_out` too, so their row says only that nothing was lost. Then
the authors together, and the test's phrases that are unlike all that was learned from, since what is known is easy to
hear. Last, what a second reader decided, who saw the texts alone.
"""

import argparse
import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from ml.artifacts import SAFETY_MODEL
from ml.errors import DataError
from ml.files import read_lines, read_text
from ml.safety import rules
from ml.safety.crisis import speak_of_crisis
from ml.safety.figures import Figures, add_figures, make_row, score
from ml.safety.likeness import leave_out_likenesses
from ml.safety.phrases import PLAIN_STRANGERS, PLAIN_TEST_AUTHORS, TEST_AUTHORS, Phrase, read_phrases
from ml.safety.readings import make_readings_table, read_readings

METRICS = SAFETY_MODEL / "metrics.json"
HEAD = "| phrases | speak of a crisis | found | recall | do not | marked | false alarms |\n" + "|---" * 7 + "|"


def make_table(phrases: Sequence[Phrase], left_out: dict[str, dict[str, int]]) -> str:
    """Recall and false alarms of each author as a Markdown table."""
    lines = [HEAD, *(make_row(f"{name}, left out", Figures(**values)) for name, values in left_out.items())]
    tested: dict[str, tuple[str, ...]] = {f"{author}, test": (author,) for author in TEST_AUTHORS}
    tested[f"{PLAIN_TEST_AUTHORS[0]} to {PLAIN_TEST_AUTHORS[-1]}, test, together"] = PLAIN_TEST_AUTHORS
    rows: list[tuple[str, Sequence[str], Callable[[list[str]], Sequence[bool]]]] = [
        ("a, learned from", ("a",), speak_of_crisis),
        *((name, authors, speak_of_crisis) for name, authors in tested.items()),
        *((f"{name}, rules alone", authors, find_by_rules) for name, authors in tested.items()),
    ]
    for name, authors, find in rows:
        lines.append(make_row(name, score((phrase for phrase in phrases if phrase.author in authors), find)))
    return "\n".join(lines)


def make_summary(phrases: Sequence[Phrase], left_out: dict[str, dict[str, int]]) -> str:
    """The same of authors together: those told nothing of what is hard to hear, and the others.

    Last, the test phrases of the first that are unlike all that was learned from.
    """
    plain = [phrase for phrase in phrases if phrase.author in PLAIN_TEST_AUTHORS]
    unlike = leave_out_likenesses(plain, [phrase for phrase in phrases if not phrase.is_test])
    others = left_out.keys() - {*PLAIN_STRANGERS, "all"}
    rows = {
        "c to bt, left out": add_figures(left_out, others),
        "bu to cv, left out": add_figures(left_out, PLAIN_STRANGERS),
        "cc to cj, test, unlike what was learned from": score(unlike, speak_of_crisis),
    }
    return "\n".join([HEAD, *(make_row(name, figures) for name, figures in rows.items())])


def find_by_rules(texts: Sequence[str]) -> list[bool]:
    """Of each text, whether the rules alone find something."""
    return [rules.find_crisis(text) for text in texts]


def read_metrics(path: Path = METRICS) -> dict[str, Any]:
    """The figures that `ml.safety.train` saved. Raises DataError."""
    try:
        return dict(json.loads(read_text(path)))
    except ValueError as error:
        raise DataError(f"{path}: not JSON ({error})") from None


def count_marked(files: Sequence[Path]) -> tuple[int, int]:
    """How many of the texts of JSON Lines files with a `text` each there are, and are marked. Raises DataError."""
    texts = []
    for file in files:
        for line, content in read_lines(file):
            try:
                texts.append(str(json.loads(content)["text"]))
            except (ValueError, KeyError, TypeError):
                raise DataError(f"{file}: row {line}: not a JSON object with a text") from None
    return len(texts), sum(speak_of_crisis(texts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and how many texts of other files are marked."""
    parser = argparse.ArgumentParser(prog="python -m ml.safety.evaluate", description=__doc__)
    parser.add_argument(
        "--texts", type=Path, nargs="+", default=[], help="JSON Lines files with a `text` in each line"
    )
    options = parser.parse_args(arguments)
    try:
        phrases = read_phrases()
        metrics = read_metrics()
        counted = count_marked(options.texts)
        print(make_table(phrases, metrics["left_out"]))
        print(f"\nAuthors together:\n\n{make_summary(phrases, metrics['left_out'])}")
        entries = metrics["entries"]
        print(f"\nOf {entries['count']:,} diary entries left out, {entries['marked']} are marked.")
        print(f"\nA second reader, who saw the texts alone:\n\n{make_readings_table(phrases, read_readings())}")
        if options.texts:
            total, marked = counted
            print(f"\nOf {total:,} other texts, {marked:,} are marked.")
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
