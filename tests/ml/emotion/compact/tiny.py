"""A compact model small enough to train in a test, what teaches it, and texts to read."""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from ml.emotion.soft_labels import SoftLabels

TINY = {
    "features.bits": 12, "words.features.bits": 10, "words.width": 32, "words.layers": 1, "words.heads": 2,
    "words.epochs": 4, "words.batch_size": 16, "words.learning_rate": 5e-3,
}  # fmt: skip
SMALL_PIECES = [
    word
    for change in ("pools=1", "head_width=16", "epochs=1", "batch_size=16")
    for word in ("--set", f"pieces.{change}")
]
WORD = "까르르헤헤"  # no label taught it
SOFT = SoftLabels([WORD] * 60, np.tile([0.95, *[0.01] * 5], (60, 1)), "somebody")
TEXTS = ["회사에서 너무 슬퍼서 눈물이 났던 밤. 버스를 탔다.", "정말 기쁘고 행복한 하루", "", "ㅋㅋ", "가나다. " * 200]


class Commanded(NamedTuple):
    """What `ml.emotion.train` was told beside its output, and that output."""

    options: list[str]
    output: Path
