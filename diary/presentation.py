"""Says in words and parts what an analysis and a recommendation hold; shared by page and API."""

import functools
from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from catalog.models import FEELING_NAMES, MOOD_NAMES, Movie, Source, Track
from catalog.track_words import describe_track
from diary.models import EMOTION_NAMES, Analysis, Recommendation
from diary.particles import as_subject
from diary.recommend import answered_feeling, scores_that_count
from ml.emotion.marking import is_marked
from ml.emotion.text import has_korean
from ml.labels import Emotion, Mood

# A second feeling is told from this share on, and any that is so little behind the first: a day is seldom one thing.
TOLD_FROM, CLOSE = 0.2, 0.1


@dataclass(frozen=True)
class Bar:
    """One emotion of a distribution, in whole percent."""

    emotion: str
    percent: int


@dataclass(frozen=True)
class Segment:
    """A stretch of an entry's text; `emotion` is empty unless the stretch spoke for the entry's label."""

    text: str
    emotion: str = ""
    percent: int = 0


def bars(text: str, analysis: Analysis) -> list[Bar]:
    """The distribution, strongest first; none where there was nothing to read, as in an emoji or in English."""
    if not has_korean(text):
        return []
    ordered = sorted(analysis.scores.items(), key=lambda item: item[1], reverse=True)
    return [Bar(emotion, _percent(score)) for emotion, score in ordered]


def also_read(analysis: Analysis) -> Emotion | None:
    """What an entry carries besides its label: a feeling that is told in words, or a plain day that is as likely.

    None for a reading that is unsure, which says so already.
    """
    if analysis.is_unsure:
        return None
    others = {Emotion(name): score for name, score in analysis.scores.items() if name != analysis.label}
    second = max(others, key=others.__getitem__)
    is_close = analysis.scores[analysis.label] - others[second] < CLOSE
    is_told = others[second] >= TOLD_FROM and second is not Emotion.NEUTRAL
    return second if is_close or is_told else None


def segments(text: str, analysis: Analysis) -> list[Segment]:
    """The whole text, cut where a sentence begins or ends that spoke for the label. Joined, it is the text again."""
    parts: list[Segment] = []
    position = 0
    for sentence in analysis.sentences:
        start, end, scores = sentence["start"], sentence["end"], sentence["scores"]
        if not is_marked(scores, analysis.label) or start < position:
            continue
        if position < start:
            parts.append(Segment(text[position:start]))
        parts.append(Segment(text[start:end], analysis.label, _percent(scores[analysis.label])))
        position = end
    if position < len(text):
        parts.append(Segment(text[position:]))
    return parts


def hashtags(names: Iterable[str]) -> str:
    """Tags as they are typed: '#가족 #산책'."""
    return " ".join(f"#{name}" for name in names)


def _percent(score: float) -> int:
    """Whole percent, 99 at most: a model is never certain of what somebody feels."""
    return min(99, round(score * 100))


def reason(recommendation: Recommendation) -> str:
    """Why this film or track was chosen: only what the reading and the catalogue really know.

    A saved recommendation comes with its entry.
    """
    language = get_language()
    if recommendation.movie is not None:
        item = _movie_reason(recommendation, recommendation.movie, language)
    else:
        item = _track_reason(recommendation, recommendation.track, language)
    return f"{_feeling_reason(recommendation, language)} {item}".strip()


def _feeling_reason(recommendation: Recommendation, language: str | None) -> str:
    """Which feeling of a mixed entry is answered; empty for the main one, which the page tells anyway."""
    entry = recommendation.entry if recommendation.entry_id else None
    if entry is None or not entry.was_answered:
        return ""
    scores = scores_that_count(entry, entry.analysis.scores)
    feeling = answered_feeling(recommendation, scores)
    if feeling is None:
        return ""
    is_other = recommendation.movie_id is not None and recommendation.tag != feeling
    return _feeling_words(language, feeling, is_other) % {"percent": _percent(scores[feeling])}


def _movie_reason(recommendation: Recommendation, movie: Movie, language: str | None) -> str:
    words = _movie_words(language, recommendation.tag, recommendation.source, movie.is_weak)
    return words % {"count": f"{movie.review_count:,}", "lift": recommendation.score}


def _track_reason(recommendation: Recommendation, track: Track | None, language: str | None) -> str:
    mood = Mood(recommendation.tag)
    if track is None or recommendation.source == Source.CURATED:
        return _track_words(language, mood, "", is_curated=True)
    return _track_words(language, mood, describe_track(track, mood), is_curated=False)


# A page of entries gives hundreds of reasons in a few words. They are looked up once for each language, which is the
# active one; what only one recommendation has is filled in afterwards.


@functools.cache
def _feeling_words(language: str | None, feeling: Emotion, is_other: bool) -> str:
    """Without `percent`."""
    words = (
        _("일기에 담긴 %(feeling)s(%(percent)d%%)에는 다른 마음으로 답해요.")
        if is_other
        else _("일기에 담긴 %(feeling)s(%(percent)d%%)에 답해요.")
    )
    return words.replace("%(feeling)s", str(EMOTION_NAMES[feeling]).lower())


@functools.cache
def _movie_words(language: str | None, emotion: str, source: str, is_weak: bool) -> str:
    """Without `count` and `lift`."""
    name = str(FEELING_NAMES[emotion])
    if source == Source.CURATED:
        return _("큐레이터가 고른 ‘%(emotion)s’ 영화예요.").replace("%(emotion)s", name)
    if source == Source.PLOT:
        words = _("줄거리에 담긴 %(emotion)s 보통 영화의 %(lift).1f배예요.")
    elif is_weak:  # few reviews are told as few: the number is what a reader can judge the tag by
        words = _("리뷰는 %(count)s편뿐이지만, 거기 담긴 %(emotion)s 보통 영화의 %(lift).1f배예요.")
    else:
        words = _("리뷰 %(count)s편에 담긴 %(emotion)s 보통 영화의 %(lift).1f배예요.")
    return words.replace("%(emotion)s", as_subject(name).lower())


@functools.cache
def _track_words(language: str | None, mood: Mood, words: str, *, is_curated: bool) -> str:
    if is_curated:
        return _("큐레이터가 고른 ‘%(mood)s’ 곡이에요.") % {"mood": MOOD_NAMES[mood]}
    if not words:
        return _("%(mood)s 분위기의 곡이에요.") % {"mood": MOOD_NAMES[mood]}
    return _("%(mood)s 분위기예요. %(words)s 곡이에요.") % {"mood": MOOD_NAMES[mood], "words": words}
