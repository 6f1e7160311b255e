"""Who a person is to the site, and how much they have written."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, Max, Min

from accounts.models import User
from diary.look_back.streak import current_streak
from diary.models import Entry
from diary.reminders import can_be_reminded


@dataclass(frozen=True)
class Profile:
    """A person's account and diary in a few facts. The days are None while nothing is written."""

    email: str
    is_email_verified: bool
    has_password: bool
    joined_at: datetime
    entry_count: int
    first_day: date | None
    last_day: date | None
    streak: int  # days in a row, as `current_streak` counts them


def get_profile(*, user: User, today: date) -> Profile:
    """The profile of a user, whose day `today` is."""
    written = Entry.objects.of(user).aggregate(count=Count("pk"), first=Min("written_on"), last=Max("written_on"))
    return Profile(
        email=user.email,
        is_email_verified=can_be_reminded(user),
        has_password=user.has_usable_password(),
        joined_at=user.date_joined,
        entry_count=written["count"],
        first_day=written["first"],
        last_day=written["last"],
        streak=current_streak(user=user, today=today),
    )
