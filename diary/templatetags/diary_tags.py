"""Names of emotions and moods in the reader's language."""

from collections.abc import Mapping
from datetime import date

from django import template
from django.conf import settings
from django.utils import dateformat, timezone
from django.utils.dates import WEEKDAYS, WEEKDAYS_ABBR
from django.utils.translation import gettext as _

from accounts.cookies import cookie_name
from accounts.keys import browser_key
from accounts.models import User
from catalog.models import FEELING_NAMES, MOOD_NAMES
from diary.look_back.words import look_name as name_of_look
from diary.models import EMOTION_NAMES, Recommendation
from diary.presentation import reason as reason_of
from diary.search import Piece, Terms, highlight

register = template.Library()

THEMES = ("light", "dark")


@register.simple_tag
def cookie_prefix() -> str:
    """What the names of cookies begin with, for the scripts that read some."""
    return str(settings.COOKIE_PREFIX)


@register.simple_tag(takes_context=True)
def theme(context: template.Context) -> str:
    """What the reader chose; empty for what their system says, and on pages that are the same for everybody."""
    request = context.get("request")
    chosen = request.COOKIES.get(cookie_name("theme")) if request else ""
    return chosen if chosen in THEMES else ""


@register.filter
def emotion_name(emotion: str) -> str:
    """What an entry carries: 'sadness' → 슬픔."""
    return str(EMOTION_NAMES.get(emotion, ""))


@register.filter
def film_feeling_name(feeling: str) -> str:
    """What a film carries: 'embarrassment' → 놀라움."""
    return str(FEELING_NAMES.get(feeling, ""))


@register.filter
def mood_name(mood: str) -> str:
    """'calm' → 잔잔한."""
    return str(MOOD_NAMES.get(mood, ""))


@register.filter(expects_localtime=True)
def day(value: date) -> str:
    """11월 25일 수요일, of a moment by the reader's clock; with the year unless it is this one."""
    this_year = value.year == timezone.localdate().year
    return dateformat.format(value, _("n월 j일 l") if this_year else _("Y년 n월 j일 l"))


@register.filter
def full_day(value: date) -> str:
    """2026년 11월 25일, whatever year it is."""
    return dateformat.format(value, _("Y년 n월 j일"))


@register.filter
def percent(share: float) -> str:
    """0.273 → 27%."""
    return f"{share:.0%}"


@register.filter
def reason(recommendation: Recommendation) -> str:
    """Why the film or track was chosen."""
    return reason_of(recommendation)


@register.filter
def account_key(user: User) -> str:
    """What a browser keeps this person's drafts under."""
    return browser_key(user)


@register.filter
def look_name(look: str) -> str:
    """'sadness' → 슬픔, also for what is unread or could not be read for sure."""
    return name_of_look(look)


@register.filter
def weekday_name(number: int) -> str:
    """0 → 월요일."""
    return str(WEEKDAYS[number])


@register.filter
def weekday_short(number: int) -> str:
    """0 → 월, or Mon."""
    return str(WEEKDAYS_ABBR[number]).removesuffix("요일")


@register.filter
def share_of(count: int, total: int) -> float:
    """The share that a count is of a total, between 0 and 1; 0 of nothing."""
    return count / total if total else 0.0


@register.filter
def count_of(counts: Mapping[str, int], key: str) -> int:
    """How many of one kind there are."""
    return counts.get(key, 0)


@register.filter
def highlighted(text: str, terms: Terms) -> list[Piece]:
    """An excerpt around the first word that was searched for, cut into what was found and the rest."""
    return highlight(text, terms)
