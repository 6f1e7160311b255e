"""`readings.tsv`: what a second reader, who saw the texts alone and no label, decided of each phrase.

Language models read them, shuffled, told what the card is for. In `phrases_6.tsv` twelve phrases are missing of which
the reader thought the opposite of the author; from the other files none was taken out.
"""

from collections import Counter
from collections.abc import Iterable
from enum import StrEnum
from pathlib import Path

from ml.errors import DataError
from ml.files import read_rows
from ml.safety.phrases import FOLDER, Phrase

READINGS_FILE = FOLDER / "readings.tsv"


class Reading(StrEnum):
    """Whether the card should come."""

    YES = "y"
    NO = "n"
    UNSURE = "u"


def read_readings(path: Path = READINGS_FILE) -> dict[str, Reading]:
    """The reading of each phrase, by its id. Raises DataError that names row and column."""
    readings = {}
    for line, row in read_rows(path, columns=("id", "reading"), delimiter="\t", is_quoted=False):
        try:
            readings[row["id"]] = Reading(row["reading"])
        except ValueError:
            raise DataError(f"{path}: row {line}: column reading: {row['reading']!r} is none of y, n, u") from None
    return readings


def make_readings_table(phrases: Iterable[Phrase], readings: dict[str, Reading]) -> str:
    """How the second reader agrees with the authors, as a Markdown table. Raises DataError for a missing reading."""
    try:
        counts = Counter((phrase.is_crisis, readings[phrase.id]) for phrase in phrases)
    except KeyError as error:
        raise DataError(f"{READINGS_FILE}: no row for phrase {error.args[0]}") from None
    lines = ["| the author wrote it as | a card | unsure | no card |", "|---|---|---|---|"]
    for is_crisis, name in ((True, "speaking of a crisis"), (False, "not")):
        own = [counts[is_crisis, reading] for reading in (Reading.YES, Reading.UNSURE, Reading.NO)]
        lines.append(f"| {name} | " + " | ".join(f"{count} ({count / max(sum(own), 1):.3f})" for count in own) + " |")
    return "\n".join(lines)
