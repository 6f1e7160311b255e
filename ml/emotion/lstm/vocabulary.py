"""The most frequent morphemes and their numbers: Keras 3 has no Tokenizer."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

IdArray = npt.NDArray[np.int32]
PADDING = 0
UNKNOWN = 1
_FIRST = 2


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """Morphemes in the order of their ids, which begin at 2."""

    morphemes: tuple[str, ...]
    _ids: dict[str, int] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_ids", {morpheme: id_ for id_, morpheme in enumerate(self.morphemes, start=_FIRST)})

    @property
    def size(self) -> int:
        """Number of ids, padding and unknown included."""
        return len(self.morphemes) + _FIRST

    def encode(self, texts: Sequence[Sequence[str]], length: int) -> IdArray:
        """Ids (texts, length) of the last `length` morphemes of each text, padded with 0 at the end."""
        ids = np.full((len(texts), length), PADDING, dtype=np.int32)
        for row, morphemes in zip(ids, texts, strict=True):
            kept = [self._ids.get(morpheme, UNKNOWN) for morpheme in morphemes[-length:]]
            row[: len(kept)] = kept
        return ids


def build_vocabulary(texts: Iterable[Iterable[str]], *, size: int, min_count: int) -> Vocabulary:
    """The `size` most frequent morphemes that occur at least `min_count` times; ties in alphabetical order."""
    counts = Counter(morpheme for text in texts for morpheme in text)
    ranked = sorted(counts, key=lambda morpheme: (-counts[morpheme], morpheme))
    return Vocabulary(tuple(morpheme for morpheme in ranked[:size] if counts[morpheme] >= min_count))
