"""A track's audio features in words: what a listener would say of it."""

import functools
from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from catalog.models import MOOD_NAMES, Track
from ml.labels import Mood

MOST_WORDS = 2


class Word(NamedTuple):
    """`alone` stands before 곡; `joined` is the form that another word follows."""

    alone: Promise | str
    joined: Promise | str


class Scale(NamedTuple):
    """A feature, and the words for a track that has much of it (from `high` on) or little (to `low`)."""

    feature: str
    high: float
    much: Word
    low: float = float("-inf")
    little: Word | None = None

    def level_of(self, track: Track) -> int:
        """1 for much of it, -1 for little, 0 for what most tracks have."""
        value = getattr(track, self.feature)
        return 1 if value >= self.high else -1 if value <= self.low else 0

    def word_for(self, level: int) -> Word | None:
        return self.much if level > 0 else self.little if level < 0 else None


# The bounds are about the upper and the lower fifth of the shipped catalogue, so that a word tells the track from
# others. In the order that they are told.
_SCALES = (
    Scale("tempo", 145.0, Word(_("빠른"), _("빠르고")), 90.0, Word(_("느린"), _("느리고"))),
    Scale("energy", 0.87, Word(_("힘 있는"), _("힘 있고")), 0.48, Word(pgettext_lazy("곡", "잔잔한"), _("잔잔하고"))),
    Scale("valence", 0.75, Word(_("밝은"), _("밝고")), 0.30, Word(_("쓸쓸한"), _("쓸쓸하고"))),
    Scale("acousticness", 0.65, Word(_("어쿠스틱한"), _("어쿠스틱하고"))),
    Scale("danceability", 0.77, Word(_("춤추기 좋은"), _("춤추기 좋고"))),
)


# What a listener wouldn't believe beside the mood, though a feature says so: a slow beat is often counted twice.
_CONTRARY: dict[Mood, set[tuple[str, int]]] = {
    Mood.HAPPY: {("valence", -1), ("tempo", -1), ("energy", -1)},  # 신나는 is what it is called
    Mood.SAD: {("valence", 1), ("danceability", 1)},
    Mood.CALM: {("tempo", 1), ("energy", 1), ("danceability", 1)},
    Mood.ENERGETIC: {("tempo", -1), ("energy", -1)},
}


def describe_track(track: Track, mood: Mood) -> str:
    """Up to MOST_WORDS words that tell the track from others ("느리고 쓸쓸한"); empty where it is like most.

    None repeats or contradicts the name of the mood, which stands beside them.
    """
    levels = {scale.feature: scale.level_of(track) for scale in _SCALES}
    fitting = (0 if (feature, level) in _CONTRARY[mood] else level for feature, level in levels.items())
    return _join_words(get_language(), mood, tuple(fitting))


@functools.cache  # a page of entries asks for hundreds; there are only so many answers
def _join_words(language: str | None, mood: Mood, levels: tuple[int, ...]) -> str:
    """In `language`, which is the active one."""
    found = (scale.word_for(level) for scale, level in zip(_SCALES, levels, strict=True))
    words = [word for word in found if word and str(word.alone) != str(MOOD_NAMES[mood])]
    words = words[:MOST_WORDS]
    return " ".join([*(str(word.joined) for word in words[:-1]), *(str(word.alone) for word in words[-1:])])
