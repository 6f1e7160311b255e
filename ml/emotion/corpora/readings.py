"""Tables of readings (`source, row, label, strong, second`): what a reader found in a line, by source and row."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.emotion.corpora.fields import parse_emotion, read_filled
from ml.labels import Emotion

UNCLEAR = "unclear"  # the reader could not tell
# Of a reading that names a second emotion, how much is that one's. Only 0 and this were tried, on validation.
_SECOND_SHARE = 0.3


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader found in a line: a label, and another one that it may also be."""

    source: str
    row: str
    label: Emotion
    second: Emotion | None


def read_readings(path: Path, columns: Sequence[str] = ()) -> Iterator[tuple[int, Reading, dict[str, str]]]:
    """Yield (line number, reading, its row), where `columns` are filled as well; `unclear` lines are left out.

    Raises DataError that names file, row and column.
    """
    for number, row in read_filled(path, ("source", "row", "label", *columns), "\t"):
        if row["label"] == UNCLEAR:
            continue
        label = parse_emotion(row["label"], path=path, row=number, column="label")
        name = row.get("second")
        second = parse_emotion(name, path=path, row=number, column="second") if name else None
        yield number, Reading(row["source"], row["row"], label, second), row


def share_label(readings: Sequence[Reading]) -> tuple[float, ...]:
    """Each emotion's share of a line's label, in the order of Emotion: the mean of its readings.

    () where all of it is one emotion's.
    """
    shares = dict.fromkeys(Emotion, 0.0)
    for reading in readings:
        second = 0.0 if reading.second in (None, reading.label) else _SECOND_SHARE
        shares[reading.label] += (1 - second) / len(readings)
        if reading.second is not None:
            shares[reading.second] += second / len(readings)
    return () if max(shares.values()) > 1 - np.finfo(float).eps else tuple(shares.values())
