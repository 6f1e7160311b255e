"""The settings of a compact model."""

from dataclasses import dataclass, field

from ml.emotion.ngram import NgramSettings
from ml.emotion.words.settings import WordSettings


@dataclass(frozen=True, slots=True)
class CompactSettings(NgramSettings):
    """Those of the n-grams, and those of the word network, which is trained where there are soft labels."""

    words: WordSettings = field(default_factory=WordSettings)
