"""`python -m ml.safety.evaluate`: how many phrases of the reviewed set are told right, as a Markdown table.

Which part a phrase of `phrases.tsv` is in follows from its id alone. Rules are made on `dev`; `held_out` is only
scored. The phrases were written before the first rule, but those of the kind `added`, with which the rules were
widened: all of them are `dev`. One author wrote these and the rules, so the recall of the held-out half is an upper
bound. The phrases of `second_author`, half of them roundabout, come from somebody who knew neither the rules nor the
others: what they find is what to expect of strangers. No rule was made on them.
"""

import argparse
import hashlib
import json
import sys
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from ml.errors import DataError
from ml.files import read_lines, read_rows
from ml.safety.crisis import speaks_of_crisis

PHRASES = Path(__file__).parent / "phrases.tsv"
HALVES = ("dev", "held_out")
SECOND_AUTHOR = "second_author"
PARTS = (*HALVES, SECOND_AUTHOR)
CRISIS, NONE = "crisis", "none"
COLUMNS = ("id", "part", "label", "kind", "text")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A phrase as a diary would have it; `kind` says what makes it one that speaks of a crisis, or only sounds so."""

    id: str
    part: str
    is_crisis: bool
    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class Figures:
    """What came out for a half: how many of its phrases of each label were marked."""

    crises: int
    found: int
    others: int
    alarms: int

    @property
    def recall(self) -> float:
        """The share of the phrases that speak of a crisis that were marked, 0 to 1."""
        return self.found / self.crises

    @property
    def alarm_rate(self) -> float:
        """The share of the phrases that do not speak of one that were marked, 0 to 1."""
        return self.alarms / self.others


def part_of(phrase_id: str) -> str:
    """The part that an id belongs to: with an s the second author's, else a half by the parity of its SHA-256."""
    if phrase_id.startswith("s"):
        return SECOND_AUTHOR
    return HALVES[hashlib.sha256(phrase_id.encode()).digest()[0] % 2]


def read_phrases(path: Path = PHRASES) -> list[Phrase]:
    """The phrases of a TSV with COLUMNS. Raises DataError that names row and column."""
    phrases = []
    for line, row in read_rows(path, columns=COLUMNS, delimiter="\t", is_quoted=False):
        if row["label"] not in (CRISIS, NONE):
            raise DataError(f"{path}: row {line}: column label: {row['label']!r} is neither {CRISIS} nor {NONE}")
        if row["part"] != part_of(row["id"]):
            raise DataError(f"{path}: row {line}: column part: {row['id']} belongs to {part_of(row['id'])}")
        phrases.append(Phrase(row["id"], row["part"], row["label"] == CRISIS, row["kind"], row["text"]))
    return phrases


def score(phrases: Iterable[Phrase]) -> Figures:
    """Count what is found and what is a false alarm."""
    marked = [(phrase.is_crisis, speaks_of_crisis(phrase.text)) for phrase in phrases]
    crises = [found for is_crisis, found in marked if is_crisis]
    others = [found for is_crisis, found in marked if not is_crisis]
    return Figures(len(crises), sum(crises), len(others), sum(others))


def make_table(phrases: Sequence[Phrase]) -> str:
    """Recall and false alarms of each part as a Markdown table."""
    lines = ["| part | speak of a crisis | found | recall | do not | marked | false alarms |", "|---" * 7 + "|"]
    for part in PARTS:
        f = score(phrase for phrase in phrases if phrase.part == part)
        lines.append(
            f"| {part} | {f.crises} | {f.found} | {f.recall:.3f} | {f.others} | {f.alarms} | {f.alarm_rate:.3f} |"
        )
    return "\n".join(lines)


def count_marked(files: Sequence[Path]) -> tuple[int, int]:
    """How many of the texts of JSON Lines files with a `text` each there are, and are marked. Raises DataError."""
    texts = []
    for file in files:
        for line, content in read_lines(file):
            try:
                texts.append(str(json.loads(content)["text"]))
            except (ValueError, KeyError, TypeError):
                raise DataError(f"{file}: row {line}: not a JSON object with a text") from None
    return len(texts), sum(map(speaks_of_crisis, texts))


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table, and how many texts of other files are marked."""
    parser = argparse.ArgumentParser(prog="python -m ml.safety.evaluate", description=__doc__)
    parser.add_argument(
        "--texts", type=Path, nargs="+", default=[], help="JSON Lines files with a `text` in each line"
    )
    options = parser.parse_args(arguments)
    try:
        print(make_table(read_phrases()))
        if options.texts:
            total, marked = count_marked(options.texts)
            print(f"\nOf {total:,} other texts, {marked:,} are marked.")
    except DataError as error:
        print(f"error: {error}", file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
