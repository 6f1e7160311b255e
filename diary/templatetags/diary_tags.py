"""Names of emotions and moods in the reader's language."""

from datetime import date

from django import template
from django.utils import dateformat, timezone
from django.utils.translation import gettext as _

from accounts.keys import browser_key
from accounts.models import User
from catalog.models import MOOD_NAMES
from diary.models import EMOTION_NAMES, Recommendation
from diary.presentation import reason as reason_of

register = template.Library()


@register.filter
def emotion_name(emotion: str) -> str:
    """'sadness' → 슬픔."""
    return str(EMOTION_NAMES.get(emotion, ""))


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
