"""Other people's label sets, as tags to pretrain an encoder on: KOTE, GoEmotions in Korean, ratings of NSMC."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Collection, Sequence
from operator import attrgetter
from pathlib import Path
from typing import TypeVar

from ml.emotion.corpora.kote import KOTE_LABELS, load_kote_soft
from ml.encoder.pretrain import Tagged
from ml.errors import DataError
from ml.files import read_rows, read_text

# The order of label.txt: the ids of the files are indices into this list (Demszky et al. 2020, arXiv 2005.00547).
GOEMOTIONS = (
    "admiration", "amusement", "anger", "annoyance", "approval", "caring", "confusion", "curiosity", "desire",
    "disappointment", "disapproval", "disgust", "embarrassment", "excitement", "fear", "gratitude", "grief", "joy",
    "love", "nervousness", "optimism", "pride", "realization", "relief", "remorse", "sadness", "surprise", "neutral",
)  # fmt: skip
RowT = TypeVar("RowT")
_RATING = "nsmc rating"
_RATINGS = range(1, 11)

TAG_NAMES = (*(f"kote {name}" for name in KOTE_LABELS), *(f"goemotions {name}" for name in GOEMOTIONS), _RATING)


def load_tags(spec: str) -> list[Tagged]:
    """Load KIND:PATH[:COUNT]: the texts of a label set, at most COUNT of them, the same ones every time.

    Raises DataError for an unknown kind, a missing path or a file that cannot be read; it names file and row.
    """
    kind, path, count = parse_counted(spec, KINDS, option="--tags")
    return KINDS[kind](path, count)


def parse_counted(spec: str, kinds: Collection[str], *, option: str) -> tuple[str, Path, int]:
    """Kind, path and count (0: none is given) of KIND:PATH[:COUNT]; the path may hold colons. Raises DataError."""
    kind, _, path = spec.partition(":")
    head, _, last = path.rpartition(":")
    count = int(last) if head and last.isdecimal() else 0
    path = head if count else path
    if kind not in kinds or not path:
        raise DataError(f"{option} {spec}: expected KIND:PATH[:COUNT], where KIND is {', '.join(kinds)}")
    return kind, Path(path), count


def load_kote_tags(path: Path, count: int = 0) -> list[Tagged]:
    """KOTE's comments (a file or their folder), each with all 44 tags."""
    rows = [
        Tagged(row.text, {f"kote {name}": float(value) for name, value in zip(KOTE_LABELS, row.labels, strict=True)})
        for row in load_kote_soft(path)
    ]
    return _choose(rows, count)


def load_goemotions_tags(path: Path, count: int = 0) -> list[Tagged]:
    """GoEmotions in Korean: tab-separated text and comma-separated ids, without a header; each with all 28 tags."""
    return _choose(
        [_read_goemotions(line, path, number) for number, line in enumerate(read_text(path).splitlines(), start=1)],
        count,
    )


def load_rating_tags(path: Path, count: int = 0) -> list[Tagged]:
    """Film reviews with `rating` 1 to 10 and `text`, tab-separated: the rating as one tag from 0 to 1.

    `count` is spread evenly over the ten ratings: of all reviews, two fifths have the best.
    """
    if 0 < count < len(_RATINGS):
        raise DataError(f"{path}:{count}: a count is spread over the ten ratings, and has to be 10 or more")
    texts: dict[int, list[Tagged]] = defaultdict(list)
    for number, row in read_rows(path, columns=("rating", "text"), delimiter="\t", is_quoted=False):
        if not row["rating"].isdecimal() or int(row["rating"]) not in _RATINGS:
            raise DataError(f"{path}: row {number}: column rating: {row['rating']!r} is none of 1 to 10")
        rating = int(row["rating"])
        texts[rating].append(Tagged(row["text"], {_RATING: (rating - 1) / 9}))
    return [tagged for rating in sorted(texts) for tagged in _choose(texts[rating], count // len(_RATINGS))]


KINDS: dict[str, Callable[[Path, int], list[Tagged]]] = {
    "kote": load_kote_tags,
    "goemotions": load_goemotions_tags,
    "nsmc": load_rating_tags,
}


def _read_goemotions(line: str, path: Path, number: int) -> Tagged:
    text, _, ids = line.rpartition("\t")
    if not text.strip():
        raise DataError(f"{path}: row {number}: expected a text, a tab and label ids")
    tags = dict.fromkeys((f"goemotions {name}" for name in GOEMOTIONS), 0.0)
    for name in ids.split(","):
        if not name.strip().isdecimal() or int(name) >= len(GOEMOTIONS):
            raise DataError(f"{path}: row {number}: {name!r} is no label id (expected 0 to {len(GOEMOTIONS) - 1})")
        tags[f"goemotions {GOEMOTIONS[int(name)]}"] = 1.0
    return Tagged(text, tags)


def choose(rows: Sequence[RowT], count: int, *, key: Callable[[RowT], str]) -> list[RowT]:
    """`count` rows, or all for 0, by the hash of their text, `key`: as good as chance, and the same ones for ever."""
    if not count:
        return list(rows)
    return sorted(rows, key=lambda row: hashlib.sha256(key(row).encode()).hexdigest())[:count]


def _choose(rows: Sequence[Tagged], count: int) -> list[Tagged]:
    return choose(rows, count, key=attrgetter("text"))
