"""Korean particles (조사) behind words that only the catalogue or a reading knows."""

# Unicode's syllables, 가 to 힣, each 28 in a row alike but for the final consonant; the first of a row has none.
_FIRST_HANGUL, _LAST_HANGUL = ord("가"), ord("힣")
_FINALS = 28


def as_subject(noun: str) -> str:
    """A Korean noun with its subject particle: 불안이, 분노가. Other words stay as they are."""
    last = ord(noun[-1]) if noun else 0
    if not _FIRST_HANGUL <= last <= _LAST_HANGUL:
        return noun
    return noun + ("이" if (last - _FIRST_HANGUL) % _FINALS else "가")
