"""The settings of a compact model."""

from dataclasses import dataclass, field

from ml.emotion.ngram import NgramSettings
from ml.emotion.words.settings import WordSettings


@dataclass(frozen=True, slots=True)
class CompactSettings(NgramSettings):
    """Those of the n-grams, and those of the word network, which is trained where there are soft labels."""

    words: WordSettings = field(default_factory=WordSettings)
    # Of a network that started from another one: how much of that one's weights stays in its own.
    start_share: float = 0.0

    def __post_init__(self) -> None:
        if not 0 <= self.start_share < 1:
            raise ValueError("start_share has to be 0 or more, below 1")
