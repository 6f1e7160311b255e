"""Text as it comes from the web, cleaned: reviews and their sentences, titles."""

import html
import re
import unicodedata

# Shorter sentences ("Wow!", "Why?") carry no feeling of the film that the classifier could read.
SHORTEST_SENTENCE = 4

_TAG = re.compile(r"</?[a-zA-Z][^<>]{0,40}>")
_BREAK = re.compile(r"<\s*/?\s*(?:br|p)\b[^<>]{0,20}>", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?…])[\"')\]]*\s+|\n+")

_EROTICA = re.compile(r"\b(soft[- ]?core|erotica|skin ?flick|pink film|erotic (movie|film))\b", re.IGNORECASE)
_PORN = re.compile(r"(?<!torture )(?<!torture-)\bporn(o|os|ographic|ography)?\b", re.IGNORECASE)

# Films that were shown in Korea under a title without Hangul or digits. Others in our sources ("True Bloodthirst",
# "Shin angyo onshi") are foreign titles or transliterations that stand where no Korean title was known.
_TITLES_WITHOUT_HANGUL = frozenset({"...ing", "M"})

_HANGUL_OR_DIGIT = re.compile(r"[가-힣0-9]")
_SPACES = re.compile(r"\s+")
_SPACE_BEFORE_COLON = re.compile(r"\s*[:：]\s+|\s+[:：]\s*|：")


def clean_html(text: str) -> str:
    """Decode entities, turn `<br>` and `<p>` into line breaks and drop every other tag."""
    return _TAG.sub(" ", _BREAK.sub("\n", html.unescape(text)))


def split_sentences(text: str) -> list[str]:
    """The sentences of a clean text that have at least SHORTEST_SENTENCE words."""
    sentences = (sentence.strip() for sentence in _SENTENCE_END.split(text))
    return [sentence for sentence in sentences if len(sentence.split()) >= SHORTEST_SENTENCE]


def repair_encoding(text: str) -> str:
    """Undo UTF-8 that was read as Windows-1252 ("TavarÃ¨s" → "Tavarès"); other text stays as it is."""
    if not re.search(r"[ÃÂ]", text):
        return text
    try:
        return text.encode("cp1252").decode("utf-8")
    except UnicodeError:
        return text


def clean_korean_title(title: str) -> str:
    """A Korean title with composed Hangul, single spaces and ": " before a subtitle; empty where it is none."""
    composed = unicodedata.normalize("NFC", title)
    clean = _SPACES.sub(" ", _SPACE_BEFORE_COLON.sub(": ", composed)).strip()
    return clean if _HANGUL_OR_DIGIT.search(clean) or clean in _TITLES_WITHOUT_HANGUL else ""


def names_erotica(keywords: str) -> bool:
    """Whether keywords call a film erotica; the site recommends none."""
    return bool(_EROTICA.search(keywords))


def speaks_of_erotica(review: str) -> bool:
    """Whether a review speaks of erotica or pornography; "torture porn" is horror and does not count."""
    return bool(_EROTICA.search(review) or _PORN.search(review))
