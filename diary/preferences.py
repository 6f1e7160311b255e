"""All settings of a person at once, those of their account and those of their diary."""

from datetime import time

from django.db import transaction

from accounts.models import User
from accounts.services import change_account
from diary.models import Reminder
from diary.reminders import change_time_zone, reminder_of, save_reminder


@transaction.atomic
def change_settings(
    *,
    user: User,
    time_zone: str | None = None,
    shares_corrections: bool | None = None,
    reminder_is_on: bool | None = None,
    reminder_at: time | None = None,
) -> Reminder:
    """Change what is given, all of it or nothing; None leaves a setting as it is. Returns the reminder as it stands.

    Raises ValidationError for an unknown time zone.
    """
    change_account(user=user, shares_corrections=shares_corrections)
    if time_zone is not None:
        change_time_zone(user=user, time_zone=time_zone)
    if reminder_is_on is not None or reminder_at is not None:
        return save_reminder(user=user, is_on=reminder_is_on, at=reminder_at)
    return reminder_of(user)
