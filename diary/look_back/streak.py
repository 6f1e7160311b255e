"""How many days somebody has been writing, told only while there is something to be glad of."""

from datetime import date, timedelta

from accounts.models import User
from diary.models import Entry


def current_streak(*, user: User, today: date) -> int:
    """How many days in a row have an entry, up to today, or to yesterday while today has none yet."""
    days = Entry.objects.of(user).filter(written_on__lte=today).order_by("-written_on")
    streak, expected = 0, today
    for day in days.values_list("written_on", flat=True).distinct().iterator():
        if streak == 0 and day == today - timedelta(days=1):
            expected = day
        if day != expected:
            break
        streak, expected = streak + 1, expected - timedelta(days=1)
    return streak
