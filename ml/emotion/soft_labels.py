"""Soft labels: what a model read in texts that nobody has labelled, as another one learns from it."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.emotion.units import FloatArray
from ml.errors import DataError
from ml.files import read_number, read_rows
from ml.labels import Emotion

TEACHER = "teacher"
COLUMNS = (*Emotion, TEACHER, "text")


@dataclass(frozen=True, slots=True)
class SoftLabels:
    """Texts, each with the probabilities of its six emotions, and who read them: the versions of models.

    probabilities: (texts, 6), in the order of Emotion.
    """

    texts: list[str]
    probabilities: FloatArray
    teacher: str

    def __len__(self) -> int:
        return len(self.texts)


NO_SOFT_LABELS = SoftLabels([], np.zeros((0, len(Emotion))), "")


def read_soft_labels(path: Path) -> SoftLabels:
    """Read what `ml.emotion.distil` wrote. Raises DataError, naming file, row and column, for anything else."""
    texts: list[str] = []
    probabilities: list[list[float]] = []
    teachers = set[str]()
    for line, row in read_rows(path, columns=COLUMNS, delimiter="\t", is_quoted=False):
        values = [read_number(row, emotion, path=path, line=line) for emotion in Emotion]
        if min(values) < 0 or not 0.999 < sum(values) < 1.001:
            raise DataError(f"{path}: row {line}: the six probabilities don't sum to 1")
        texts.append(row["text"])
        probabilities.append(values)
        teachers.add(row[TEACHER])
    if len(teachers) > 1:
        raise DataError(f"{path}: read by several teachers: {', '.join(sorted(teachers))}")
    return SoftLabels(texts, np.array(probabilities).reshape(-1, len(Emotion)), "".join(teachers))


def read_all_soft_labels(paths: Iterable[Path]) -> SoftLabels:
    """The rows of several files; their teachers are named side by side. Raises DataError as `read_soft_labels`."""
    parts = [read_soft_labels(path) for path in paths]
    return SoftLabels(
        [text for part in parts for text in part.texts],
        np.concatenate([NO_SOFT_LABELS.probabilities, *(part.probabilities for part in parts)]),
        ", ".join(sorted({part.teacher for part in parts if part.texts})),
    )


def describe_soft(soft: SoftLabels) -> dict[str, str | int]:
    """What the manifest tells of soft labels."""
    return {"texts": len(soft), "teacher": soft.teacher, "sha256": hash_soft_labels(soft)}


def hash_soft_labels(soft: SoftLabels) -> str:
    """SHA-256 over texts and probabilities in order: what the manifest records of them."""
    digest = hashlib.sha256("\n".join(soft.texts).encode())
    digest.update(soft.probabilities.tobytes())
    return digest.hexdigest()
