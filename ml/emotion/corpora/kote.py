"""KOTE: Korean online comments with any of 44 emotions each (Jeon, Lee and Kim 2022, arXiv 2205.05300).

The 44 become our six by a vote. Each label of a comment votes for the emotion in KOTE_EMOTIONS, if it has one there;
a vote weighs 1/sqrt(number of labels of that emotion), since anger has eight names and anxiety two. The comment gets
the emotion with the largest share of the votes, and is dropped where that is below MIN_SHARE or no label votes.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from ml.emotion.data import Example
from ml.errors import DataError
from ml.files import read_text
from ml.labels import Emotion

# KOTE's own order: the label ids of its files are indices into this list.
KOTE_LABELS = (
    "불평/불만", "환영/호의", "감동/감탄", "지긋지긋", "고마움", "슬픔", "화남/분노", "존경", "기대감",
    "우쭐댐/무시함", "안타까움/실망", "비장함", "의심/불신", "뿌듯함", "편안/쾌적", "신기함/관심", "아껴주는",
    "부끄러움", "공포/무서움", "절망", "한심함", "역겨움/징그러움", "짜증", "어이없음", "없음", "패배/자기혐오",
    "귀찮음", "힘듦/지침", "즐거움/신남", "깨달음", "죄책감", "증오/혐오", "흐뭇함(귀여움/예쁨)", "당황/난처", "경악",
    "부담/안_내킴", "서러움", "재미없음", "불쌍함/연민", "놀람", "행복", "불안/걱정", "기쁨", "안심/신뢰",
)  # fmt: skip

# Labels that comments of several emotions carry alike are left out: 우쭐댐/무시함 (pride or scorn), 비장함, 의심/불신,
# 신기함/관심, 귀찮음, 깨달음, 경악, 부담/안_내킴, 재미없음, 놀람.
KOTE_EMOTIONS: dict[Emotion, tuple[str, ...]] = {
    Emotion.JOY: (
        "환영/호의", "감동/감탄", "고마움", "존경", "기대감", "뿌듯함", "편안/쾌적", "아껴주는", "즐거움/신남",
        "흐뭇함(귀여움/예쁨)", "행복", "기쁨", "안심/신뢰",
    ),
    Emotion.SADNESS: ("슬픔", "안타까움/실망", "절망", "패배/자기혐오", "힘듦/지침", "서러움", "불쌍함/연민"),
    Emotion.ANGER: (
        "불평/불만", "지긋지긋", "화남/분노", "한심함", "역겨움/징그러움", "짜증", "어이없음", "증오/혐오",
    ),
    Emotion.ANXIETY: ("공포/무서움", "불안/걱정"),
    Emotion.EMBARRASSMENT: ("부끄러움", "죄책감", "당황/난처"),
    Emotion.NEUTRAL: ("없음",),
}  # fmt: skip

# Chosen on the training split of the real lines, where this share agrees with their readers as often (0.89) as two
# readers do with each other (0.88): 5,826 of the 10,000 comments of val.tsv and test.tsv stay.
MIN_SHARE = 0.6


class KoteRow(NamedTuple):
    """One comment: its id in KOTE, its text, and `labels`, a float32 vector (44,) of 0 and 1 in KOTE's order."""

    id: str
    text: str
    labels: npt.NDArray[np.float32]


def load_kote(path: Path) -> list[Example]:
    """Read the comments of a KOTE file, or of all *.tsv of a folder, that have one clear emotion of our six.

    Raises DataError that names file, row and column.
    """
    votes = _weigh_votes()
    return [
        Example(row.text, label, 1.0, f"kote/{file.stem}", row.id)
        for file in _list_files(path)
        for row in read_kote(file)
        if (label := _elect(row.labels, votes)) is not None
    ]


def load_kote_soft(path: Path) -> list[KoteRow]:
    """Read all comments of a KOTE file or folder with their 44 labels, for training on them as a second task.

    Apply `ml.emotion.data.drop_texts` before use: held-out real lines are among them.
    Raises DataError that names file, row and column.
    """
    return [row for file in _list_files(path) for row in read_kote(file)]


def read_kote(path: Path) -> Iterator[KoteRow]:
    """Yield the rows of one KOTE file: tab-separated id, text and comma-separated label ids, without a header.

    Raises DataError that names file, row and column.
    """
    for number, line in enumerate(read_text(path).rstrip("\r\n").split("\n"), start=1):
        columns = line.rstrip("\r").split("\t")
        if len(columns) != 3:
            raise DataError(f"{path}: row {number}: {len(columns)} columns instead of id, text, labels")
        name, text, ids = columns
        if not name.strip() or not text.strip():
            raise DataError(f"{path}: row {number}: column {'text' if name.strip() else 'id'}: empty")
        yield KoteRow(name, text, _parse_labels(ids, path, number))


def _list_files(path: Path) -> list[Path]:
    files = sorted(path.glob("*.tsv")) if path.is_dir() else [path]
    if not files:
        raise DataError(f"{path}: no *.tsv file in this folder (expected KOTE's train.tsv, val.tsv or test.tsv)")
    return files


def _parse_labels(ids: str, path: Path, row: int) -> npt.NDArray[np.float32]:
    labels = np.zeros(len(KOTE_LABELS), dtype=np.float32)
    for name in ids.split(","):
        if not name.strip().isdecimal() or int(name) >= len(KOTE_LABELS):
            last = len(KOTE_LABELS) - 1
            raise DataError(f"{path}: row {row}: column labels: {name!r} is no label id (expected 0 to {last})")
        labels[int(name)] = 1
    return labels


def _weigh_votes() -> npt.NDArray[np.float64]:
    """The weight (44, 6) that each KOTE label has for each of our emotions."""
    votes = np.zeros((len(KOTE_LABELS), len(Emotion)))
    for column, emotion in enumerate(Emotion):
        names = KOTE_EMOTIONS[emotion]
        votes[[KOTE_LABELS.index(name) for name in names], column] = len(names) ** -0.5
    return votes


def _elect(labels: npt.NDArray[np.float32], votes: npt.NDArray[np.float64]) -> Emotion | None:
    """The emotion that has at least MIN_SHARE of a comment's votes."""
    totals = labels @ votes
    if totals.max() == 0 or totals.max() / totals.sum() < MIN_SHARE:
        return None
    return list(Emotion)[int(totals.argmax())]
