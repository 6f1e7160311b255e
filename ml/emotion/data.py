"""Labelled Korean texts, and the one split of them that every emotion model shares."""

import hashlib
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain
from pathlib import Path
from typing import Protocol, TypeVar

from ml.labels import Emotion

CORPUS_FOLDER = Path(__file__).parent.parent / "corpus"

_VALIDATION_SHARE = 0.10
_TEST_SHARE = 0.10


@dataclass(frozen=True, slots=True)
class Example:
    """One labelled text. `source` is the family and part ("corpus/A"), `id` is unique within the source.

    Examples of one source and `group` stay in one split; without a group, an example is its own. Those that are
    `only_training` were chosen for what they teach, not by chance: no split that measures may hold them. Those
    `measured_apart` were written for what models misread: they measure, but epochs, mixtures and temperatures are
    chosen on what people write (`keep_what_chooses`). What has a weight of 0 only measures, too: no model learns from
    it (`keep_what_teaches`), and nothing is chosen on it.
    `shares`: where readers differ, or one of them names a second emotion, how much of the label each emotion has, in
    the order of Emotion; empty where all of it is the label's.
    """

    text: str
    label: Emotion
    weight: float
    source: str
    id: str
    group: str = ""
    only_training: bool = False
    shares: tuple[float, ...] = ()
    measured_apart: bool = False

    @property
    def only_measures(self) -> bool:
        """Whether nothing is to be chosen on it."""
        return self.measured_apart or not self.weight


class HasText(Protocol):
    """Anything with a text: an Example, or a row of another task."""

    @property
    def text(self) -> str:
        """The text itself."""


TextT = TypeVar("TextT", bound=HasText)


class Split(StrEnum):
    """The three disjoint parts of the data."""

    TRAIN = "train"
    VALIDATION = "validation"
    TEST = "test"


def split_examples(examples: Iterable[Example]) -> dict[Split, list[Example]]:
    """Part the examples into 80 % train, 10 % validation, 10 % test, the same way for ever.

    Within each source and label the groups of examples are ranked by the SHA-256 of "source/group"; the first tenth
    is test, the next validation. So the split is stratified, needs no seed, keeps a group together, and one file's
    split does not depend on which other files are loaded. Files are frozen for that reason: new data goes into a new
    file. A group whose members have several labels is ranked under the label of its first id. What is `only_training`
    stays apart from all that, in train.
    """
    groups: dict[tuple[str, str], list[Example]] = defaultdict(list)
    only_training: list[Example] = []
    for example in examples:
        if example.only_training:
            only_training.append(example)
            continue
        groups[example.source, example.group or example.id].append(example)
    strata: dict[tuple[str, Emotion], list[list[Example]]] = defaultdict(list)
    for members in groups.values():
        members.sort(key=lambda example: example.id)
        strata[members[0].source, members[0].label].append(members)
    parts: dict[Split, list[Example]] = {split: [] for split in Split}
    for key in sorted(strata):
        ranked = sorted(strata[key], key=_hash_group)
        test = round(len(ranked) * _TEST_SHARE)
        validation = test + round(len(ranked) * _VALIDATION_SHARE)
        parts[Split.TEST] += chain.from_iterable(ranked[:test])
        parts[Split.VALIDATION] += chain.from_iterable(ranked[test:validation])
        parts[Split.TRAIN] += chain.from_iterable(ranked[validation:])
    parts[Split.TRAIN] += only_training
    return parts


def drop_texts(examples: Sequence[TextT], other: Sequence[Example]) -> list[TextT]:
    """Drop what has a text that, spaces aside, also occurs in `other`: sources repeat a few lines."""
    seen = {squeeze(example.text) for example in other}
    return [example for example in examples if squeeze(example.text) not in seen]


def keep_what_chooses(validation: Sequence[Example]) -> list[Example]:
    """Of a validation split, what does more than measure; all of it where that is nothing."""
    return [example for example in validation if not example.only_measures] or list(validation)


def keep_what_teaches(examples: Sequence[Example]) -> list[Example]:
    """Without what has a weight of 0."""
    return [example for example in examples if example.weight]


def squeeze(text: str) -> str:
    """The text without its spaces, by which repeated lines are found."""
    return "".join(text.split())


def hash_examples(examples: Sequence[Example]) -> str:
    """SHA-256 over source, id, label, text and shares in order: what the manifest records of the data."""
    digest = hashlib.sha256()
    for example in examples:
        shares = "".join(f"\t{share:.4f}" for share in example.shares)
        digest.update(f"{example.source}\t{example.id}\t{example.label}\t{example.text}{shares}\n".encode())
    return digest.hexdigest()


def _hash_group(members: Sequence[Example]) -> str:
    group = members[0].group or members[0].id
    return hashlib.sha256(f"{members[0].source}/{group}".encode()).hexdigest()
