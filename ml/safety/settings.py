"""The settings of the crisis model."""

from dataclasses import dataclass, field

from ml.emotion.words.settings import WordSettings


@dataclass(frozen=True, slots=True)
class NgramSettings:
    """Everything that shapes the n-grams; nothing is random. Raises ValueError for what makes no sense."""

    min_df: int = 2
    idf_power: float = 1.3
    inverse_regularization: float = 5.0
    rounds: int = 3  # of choosing the windows that make a text speak of a crisis

    def __post_init__(self) -> None:
        if self.rounds < 1 or self.min_df < 1 or self.inverse_regularization <= 0:
            raise ValueError("rounds and min_df have to be 1 or more, inverse_regularization above 0")


@dataclass(frozen=True, slots=True)
class CrisisSettings:
    """Everything that shapes the model; chosen on authors and entries that were left out.

    The threshold is the lowest at which both limits hold for these. Raises ValueError for what makes no sense.
    """

    words: WordSettings = field(default_factory=lambda: WordSettings(learning_rate=5e-4, epochs=5))
    ngrams: NgramSettings = NgramSettings()
    pairs: int = 6_000  # windows of a phrase and a sentence of an entry, at most; half of them speak of a crisis
    days: int = 4_000  # made of a phrase and entries, for measuring alone
    ngram_share: float = 1.0  # of the n-grams' log-odds, beside the word network's
    rule_bonus: float = 5.0  # log-odds for a text in which the rules find something
    max_phrase_alarms: float = 0.05  # of the phrases that only sound like a crisis
    max_entry_alarms: float = 0.025  # of the corpus' ordinary days

    def __post_init__(self) -> None:
        if self.pairs < 0 or self.days < 0:
            raise ValueError("pairs and days have to be 0 or more")
        if not (0 <= self.max_phrase_alarms < 1 and 0 <= self.max_entry_alarms < 1):
            raise ValueError("max_phrase_alarms and max_entry_alarms are shares: 0 or more, below 1")
