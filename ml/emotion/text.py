"""Normalisation of diary text before features, and its split into sentences with offsets into the original."""

import re
import unicodedata

MAX_SENTENCES = 200

# Controls, soft hyphen, zero-width and bidirectional marks, variation selectors, lone surrogates, BOM:
# none of them is seen by the writer, so none may change a label. Tab and line ends stay (they are spaces).
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u061c\u180e\u200b-\u200f\u202a-\u202e"
    "\u2060-\u206f\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e01ef]"
)
_EMOJI = re.compile("[\u2190-\u21ff\u2300-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff]+")
_LAUGH = re.compile("[ㅋㅎ]{2,}")
_CRY = re.compile("[ㅠㅜ]{2,}")
_REPEAT = re.compile(r"([^\d\s])\1{2,}")
_SPACE = re.compile(r"\s+")

# A sentence ends at a line end, at closing punctuation, or at a run of laughing or crying letters that a space
# follows, since diaries often have no punctuation at all.
_SENTENCE_END = re.compile(r"""[.!?…~。！？]+["'”’」』)\]]*(?=\s|$)|(?:ㅋㅋ+|ㅎㅎ+|[ㅠㅜ]{2,})[.!?~]*(?=\s)|[\r\n]+""")


def normalize(text: str) -> str:
    """Return the text as the features see it: NFC, no invisible characters or pictographs, single spaces, folded runs.

    Total: any `str` is accepted, lone surrogates and NUL included. Idempotent.
    """
    text = _INVISIBLE.sub("", text)
    if not unicodedata.is_normalized("NFC", text):
        text = unicodedata.normalize("NFC", text)
    text = _EMOJI.sub(" ", text)
    text = _LAUGH.sub(lambda run: run[0][0] * 2, text)
    text = _CRY.sub("ㅠㅠ", text)
    text = _REPEAT.sub(r"\1\1", text)
    return _SPACE.sub(" ", text).strip()


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
