"""A track's audio features in words: what a listener would say of it."""

from typing import NamedTuple

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from catalog.models import MOOD_NAMES, Track
from ml.labels import Mood

MOST_WORDS = 2


class Word(NamedTuple):
    """`alone` stands before 곡; `joined` is the form that another word follows."""

    alone: Promise | str
    joined: Promise | str


# feature, value from which a track is called `high`, value to which it is called `low`: about the upper and the lower
# fifth of the shipped catalogue, so that a word tells the track from others. In the order that they are told.
_WORDS: tuple[tuple[str, float, Word | None, float, Word | None], ...] = (
    (
        *("tempo", 145.0, Word(_("빠른"), _("빠르고"))),
        *(90.0, Word(_("느린"), _("느리고"))),
    ),
    (
        *("energy", 0.87, Word(_("힘 있는"), _("힘 있고"))),
        *(0.48, Word(_("잔잔한"), _("잔잔하고"))),
    ),
    (
        *("valence", 0.75, Word(_("밝은"), _("밝고"))),
        *(0.30, Word(_("쓸쓸한"), _("쓸쓸하고"))),
    ),
    (*("acousticness", 0.65, Word(_("어쿠스틱한"), _("어쿠스틱하고"))), *(-1.0, None)),
    (*("danceability", 0.77, Word(_("춤추기 좋은"), _("춤추기 좋고"))), *(-1.0, None)),
)


def describe_track(track: Track, mood: Mood) -> str:
    """Up to MOST_WORDS words that tell the track from others ("느리고 쓸쓸한"); empty where it is like most.

    None repeats the name of the mood, which stands beside them.
    """
    words = []
    for feature, high, high_word, low, low_word in _WORDS:
        value = getattr(track, feature)
        word = high_word if value >= high else low_word if value <= low else None
        if word and str(word.alone) != str(MOOD_NAMES[mood]):
            words.append(word)
    words = words[:MOST_WORDS]
    return " ".join([*(str(word.joined) for word in words[:-1]), *(str(word.alone) for word in words[-1:])])
