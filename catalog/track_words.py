"""A track's audio features in words: what a listener would say of it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

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

    def word_for(self, track: Track) -> Word | None:
        value = getattr(track, self.feature)
        if value >= self.high:
            return self.much
        return self.little if value <= self.low else None


# The bounds are about the upper and the lower fifth of the shipped catalogue, so that a word tells the track from
# others. In the order that they are told.
_SCALES = (
    Scale("tempo", 145.0, Word(_("빠른"), _("빠르고")), 90.0, Word(_("느린"), _("느리고"))),
    Scale("energy", 0.87, Word(_("힘 있는"), _("힘 있고")), 0.48, Word(pgettext_lazy("곡", "잔잔한"), _("잔잔하고"))),
    Scale("valence", 0.75, Word(_("밝은"), _("밝고")), 0.30, Word(_("쓸쓸한"), _("쓸쓸하고"))),
    Scale("acousticness", 0.65, Word(_("어쿠스틱한"), _("어쿠스틱하고"))),
    Scale("danceability", 0.77, Word(_("춤추기 좋은"), _("춤추기 좋고"))),
)


def describe_track(track: Track, mood: Mood) -> str:
    """Up to MOST_WORDS words that tell the track from others ("느리고 쓸쓸한"); empty where it is like most.

    None repeats the name of the mood, which stands beside them.
    """
    found = (scale.word_for(track) for scale in _SCALES)
    words = [word for word in found if word and str(word.alone) != str(MOOD_NAMES[mood])]
    words = words[:MOST_WORDS]
    return " ".join([*(str(word.joined) for word in words[:-1]), *(str(word.alone) for word in words[-1:])])
