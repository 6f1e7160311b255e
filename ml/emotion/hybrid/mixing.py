"""How the n-grams' reading and the encoder's become one. numpy only: serving needs no more."""

from dataclasses import dataclass

from ml.emotion.units import FloatArray, Units


@dataclass(frozen=True, slots=True)
class Mixture:
    """How often the encoder's log-probabilities count where the n-grams' count once: in diaries, in other texts."""

    diary: float
    other: float


def excerpt(text: str, limit: int) -> str:
    """A normalised text of at most `limit` characters; of a longer one its beginning and end, half of that each."""
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]} … {text[-half:]}"


def whole_excerpts(units: Units, limit: int) -> list[str]:
    """What the encoder reads of each text: (texts,). It is too slow to read every sentence as well."""
    return [excerpt(units.texts[whole], limit) for whole in units.whole]


def mix(
    words: FloatArray, diary_shares: FloatArray, meanings: FloatArray, units: Units, mixture: Mixture
) -> FloatArray:
    """The log-linear mean of both for each whole text; a sentence that is not a whole text keeps the n-grams' reading.

    words: the n-grams' log-probabilities (units, 6); diary_shares: (units,); meanings: the encoder's (texts, 6).
    Returns scores (units, 6), log-probabilities but for a constant in each row.
    """
    mixed = words.copy()
    shares = diary_shares[units.whole][:, None]
    counts = shares * mixture.diary + (1 - shares) * mixture.other
    mixed[units.whole] = (words[units.whole] + counts * meanings) / (1 + counts)
    return mixed
