"""What the encoder reads of each text."""

from ml.emotion.units import Units


def excerpt(text: str, limit: int) -> str:
    """A normalised text of at most `limit` characters; of a longer one its beginning and end, half of that each."""
    half = limit // 2
    return text if len(text) <= limit else f"{text[:half]} … {text[-half:]}"


def whole_excerpts(units: Units, limit: int) -> list[str]:
    """What the encoder reads of each text: (texts,). It is too slow to read every sentence as well."""
    return [excerpt(text, limit) for text in units.whole_texts]
