"""Says in words and parts what an analysis and a recommendation hold; shared by page and API."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from catalog.models import MOOD_NAMES, Source
from catalog.track_words import describe_track
from diary.models import EMOTION_NAMES, Analysis, Recommendation
from diary.recommend import answered_feeling, scores_that_count
from ml.labels import Mood

# A sentence is marked when the entry's label is what it says most, and says at least this much: nearly twice what each
# of six emotions would get of a sentence that says nothing. At 0.4, many a sentence that told was left out.
MARK_FROM = 0.3


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


def bars(analysis: Analysis) -> list[Bar]:
    """The distribution, strongest first."""
    ordered = sorted(analysis.scores.items(), key=lambda item: item[1], reverse=True)
    return [Bar(emotion, _percent(score)) for emotion, score in ordered]


def segments(text: str, analysis: Analysis) -> list[Segment]:
    """The whole text, cut where a sentence begins or ends that spoke for the label. Joined, it is the text again."""
    parts: list[Segment] = []
    position = 0
    for sentence in analysis.sentences:
        score = sentence["scores"][analysis.label]
        if score < max(MARK_FROM, *sentence["scores"].values()) or sentence["start"] < position:
            continue
        if position < sentence["start"]:
            parts.append(Segment(text[position : sentence["start"]]))
        parts.append(Segment(text[sentence["start"] : sentence["end"]], analysis.label, _percent(score)))
        position = sentence["end"]
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
    item = _track_reason(recommendation) if recommendation.movie is None else _movie_reason(recommendation)
    return f"{_feeling_reason(recommendation)} {item}".strip()


def _feeling_reason(recommendation: Recommendation) -> str:
    """Which feeling of a mixed entry is answered; empty for the main one, which the page tells anyway."""
    entry = recommendation.entry if recommendation.entry_id else None
    if entry is None or not entry.was_answered:
        return ""
    scores = scores_that_count(entry, entry.analysis.scores)
    feeling = answered_feeling(recommendation, scores)
    if feeling is None:
        return ""
    values = {"feeling": EMOTION_NAMES[feeling], "percent": _percent(scores[feeling])}
    if recommendation.movie_id and recommendation.tag != feeling:
        return _("일기에 담긴 %(feeling)s(%(percent)d%%)에는 다른 마음으로 답해요.") % values
    return _("일기에 담긴 %(feeling)s(%(percent)d%%)에 답해요.") % values


def _movie_reason(recommendation: Recommendation) -> str:
    emotion = EMOTION_NAMES[recommendation.tag]
    if recommendation.source == Source.CURATED or recommendation.movie is None:
        return _("큐레이터가 고른 ‘%(emotion)s’ 영화예요.") % {"emotion": emotion}
    if recommendation.source == Source.PLOT:
        return _("줄거리에서 %(emotion)s의 기운이 평균의 %(lift).1f배예요.") % {
            "emotion": emotion,
            "lift": recommendation.score,
        }
    # Few reviews are told as few: the number is what a reader can judge the tag by.
    sentence = (
        _("리뷰는 %(count)s편뿐이지만, %(emotion)s의 기운이 평균의 %(lift).1f배예요.")
        if recommendation.movie.is_weak
        else _("리뷰 %(count)s편에서 %(emotion)s의 기운이 평균의 %(lift).1f배예요.")
    )
    return sentence % {
        "count": f"{recommendation.movie.review_count:,}",
        "emotion": emotion,
        "lift": recommendation.score,
    }


def _track_reason(recommendation: Recommendation) -> str:
    mood = MOOD_NAMES[recommendation.tag]
    if recommendation.source == Source.CURATED or recommendation.track is None:
        return _("큐레이터가 고른 ‘%(mood)s’ 곡이에요.") % {"mood": mood}
    words = describe_track(recommendation.track, Mood(recommendation.tag))
    if not words:
        return _("%(mood)s 분위기의 곡이에요.") % {"mood": mood}
    return _("%(mood)s 분위기예요. %(words)s 곡이에요.") % {"mood": mood, "words": words}
