"""Normalisation of diary text before features, and its split into sentences with offsets into the original."""

import re
import unicodedata
from collections.abc import Iterable

MAX_SENTENCES = 200

# Controls, soft hyphen, zero-width and bidirectional marks, variation selectors, lone surrogates, BOM:
# none of them is seen by the writer, so none may change a label. Tab and line ends stay (they are spaces).
_INVISIBLE_RANGES = (
    "\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef"
)
_EMOJI_RANGES = "\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_INVISIBLE = re.compile(f"[{_INVISIBLE_RANGES}]")
_EMOJI = re.compile(f"[{_EMOJI_RANGES}]+")
_LAUGH = re.compile("[ㅋㅎ]{2,}")
_CRY = re.compile("[ㅠㅜ]{2,}")
# Most sentences hold none of what these four look for, and to ask once is faster. Composing adds none of it.
_UNUSUAL = re.compile(f"[{_INVISIBLE_RANGES}{_EMOJI_RANGES}ㅋㅎㅠㅜ]")
_HANGUL = re.compile("[가-힣ㄱ-ㆎ]")
_REPEAT = re.compile(r"([^\d\s])\1{2,}")

# A sentence ends at a line end, at closing punctuation, or at a run of laughing or crying letters that a space
# follows, since diaries often have no punctuation at all. Its first letter stands alone because `re` leaps to a class
# that a pattern begins with, which is five times as fast. A run is looked at from its beginning alone, and once: one
# of 20,000 letters that nothing follows would take half a minute otherwise. A quotation ends no sentence where a verb
# of saying follows: 엄마가 "밥은?" 하셨다.
_SAYING = (
    "하[고며는셨셔시신자던면니여]|했|한다|해서|라[고며는]|이라[고며는]|물[어었으]|묻[고는]|말[했하씀]|외[쳤치]|소리|대답"
    "|되물|중얼|속삭"
)
_SENTENCE_END = re.compile(
    r"""[.!?…~。！？ㅋㅎㅠㅜ\r\n](?:"""
    r"""(?<=[.!?…~。！？])(?<![.!?…~。！？][.!?…~。！？])[.!?…~。！？]*+["'”’」』)\]]*+(?=\s|$)"""
    rf"""(?!(?<=["'”’」』])[ ](?:{_SAYING}))"""
    r"""|(?:(?<=ㅋ)(?<!ㅋㅋ)ㅋ++|(?<=ㅎ)(?<!ㅎㅎ)ㅎ++|(?<=[ㅠㅜ])(?<![ㅠㅜ][ㅠㅜ])[ㅠㅜ]++)[.!?~]*+(?=\s)"""
    r"""|(?<=[\r\n])[\r\n]*)"""
)


def has_korean(text: str) -> bool:
    """Whether anything in a normalised text is written in Hangul, be it ㅠㅠ."""
    return bool(_HANGUL.search(text))


def normalize(text: str) -> str:
    """Return the text as the features see it: NFC, no invisible characters or pictographs, single spaces, folded runs.

    Total: any `str` is accepted, lone surrogates and NUL included. Idempotent.
    """
    is_unusual = _UNUSUAL.search(text)
    if is_unusual:
        text = _INVISIBLE.sub("", text)
    text = unicodedata.normalize("NFC", text)
    if is_unusual:
        text = _EMOJI.sub(" ", text)
        text = _LAUGH.sub(lambda run: run[0][0] * 2, text)
        text = _CRY.sub("ㅠㅠ", text)
    text = _REPEAT.sub(r"\1\1", text)
    return " ".join(text.split())


def normalize_spans(text: str, spans: Iterable[tuple[int, int]]) -> list[str]:
    """What `normalize` makes of each (start, end) of the text; faster where that is blanks alone."""
    parts = (text[start:end] for start, end in spans)
    if _UNUSUAL.search(text) or _REPEAT.search(text) or not unicodedata.is_normalized("NFC", text):
        return [normalize(part) for part in parts]
    return [" ".join(part.split()) for part in parts]


def split_sentences(text: str, limit: int = MAX_SENTENCES) -> list[tuple[int, int]]:
    """Return (start, end) character offsets of the sentences of the original text, blanks trimmed off.

    Every visible character lies in exactly one span. When there are more than `limit` sentences, neighbours are
    joined evenly, so the whole text stays covered.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for end in [*(match.end() for match in _SENTENCE_END.finditer(text)), len(text)]:
        piece = text[start:end]
        left = start + len(piece) - len(piece.lstrip())
        right = start + len(piece.rstrip())
        if left < right:
            spans.append((left, right))
        start = end
    if len(spans) <= limit:
        return spans
    group = -(-len(spans) // limit)
    return [(spans[i][0], spans[min(i + group, len(spans)) - 1][1]) for i in range(0, len(spans), group)]
