"""What the cards of the settings page show that belongs to the diary."""

from dataclasses import dataclass
from datetime import datetime

from django import template
from django.utils import timezone

from accounts.models import User
from diary import reminders
from diary.models import Reminder

register = template.Library()


@dataclass(frozen=True)
class ReminderCard:
    """A reminder, whether its mails may go to the person's address, and when the next would go."""

    reminder: Reminder
    can_be_sent: bool
    next_at: datetime


@register.simple_tag
def reminder_card(user: User) -> ReminderCard:
    """The person's reminder; for one that is off, when the first mail would go if it were switched on now."""
    reminder = reminders.reminder_of(user)
    next_at = reminder.next_at or reminders.next_sending(
        reminder.time, user.zone, after=timezone.now(), last_sent_on=reminder.last_sent_on
    )
    return ReminderCard(reminder, reminders.can_be_reminded(user), next_at)
