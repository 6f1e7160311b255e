"""Reminders by mail: when the next is due, who gets it, and how it is switched off with one click.

Every reminder is claimed (moved to its next day) before it is sent, so that two workers never send it twice. A worker
that dies in between loses what it had claimed: at most one evening's mail of each of BATCH_SIZE people.
"""

import logging
import time as clock
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from allauth.account.models import EmailAddress
from django.core import signing
from django.core.mail import get_connection
from django.core.mail.backends.base import BaseEmailBackend
from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import get_language

from accounts import services as accounts
from accounts.models import User
from diary.models import MAX_DELAY, Entry, Reminder
from diary.reminder_mail import build_mail

logger = logging.getLogger(__name__)

BATCH_SIZE = 10
# One run ends before the next begins; what is left then is still due.
RUN_SECONDS = 45
_signer = signing.Signer(sep=".", salt="diary.reminders.unsubscribe")


class MailServerDown(Exception):
    """The mail server can't be reached: no reminder was claimed, and all are tried again with the next run."""


def reminder_of(user: User) -> Reminder:
    """The person's reminder; one that is off, and not saved, for who never set any."""
    return Reminder.objects.filter(user=user).first() or Reminder(user=user)


def can_be_reminded(user: User) -> bool:
    """Whether the person has shown that their address is theirs. A mistyped one belongs to a stranger."""
    return user.pk in _verified([user])


def next_sending(at: time, zone: ZoneInfo, *, after: datetime, last_sent_on: date | None = None) -> datetime:
    """The first moment after `after` at which a clock of the zone shows `at`, on another day than `last_sent_on`.

    A time that the clock skips in spring is sent as much later as it skips; one that it shows twice in autumn is sent
    the first time (PEP 495: `fold` of 0).
    """
    today = after.astimezone(zone).date()
    days = (today + timedelta(days=number) for number in range(4))
    moments = (datetime.combine(day, at, zone).astimezone(UTC) for day in days if day != last_sent_on)
    return next(moment for moment in moments if moment > after)


@transaction.atomic
def save_reminder(
    *, user: User, is_on: bool | None = None, at: time | None = None, now: datetime | None = None
) -> Reminder:
    """Switch the person's reminder on or off, or set its time; None leaves a setting as it is.

    Its mails are written in the language of the request that saves it.
    """
    Reminder.objects.get_or_create(user=user)
    reminder = Reminder.objects.select_for_update().get(user=user)
    reminder.is_on = reminder.is_on if is_on is None else is_on
    reminder.time = reminder.time if at is None else at
    reminder.language = get_language() or reminder.language
    _schedule(reminder, user.zone, now or timezone.now())
    reminder.save()
    return reminder


@transaction.atomic
def change_time_zone(*, user: User, time_zone: str, now: datetime | None = None) -> None:
    """Let the person live by another clock, their reminder included. Raises ValidationError for an unknown zone."""
    accounts.change_account(user=user, time_zone=time_zone)
    for reminder in Reminder.objects.select_for_update().filter(user=user):
        _schedule(reminder, user.zone, now or timezone.now())
        reminder.save(update_fields=["next_at"])


def unsubscribe_token(user_id: int) -> str:
    """What a mail's link switches the reminder off by, without a log-in. It is signed, kept nowhere, stays good."""
    return _signer.sign(str(user_id))


def unsubscribe(token: str) -> None:
    """Switch off the reminder of a token's person; one that is off already stays so. Raises signing.BadSignature."""
    user_id = read_token(token)
    Reminder.objects.filter(user_id=user_id).update(is_on=False, next_at=None)


def read_token(token: str) -> int:
    """The id of a token's person. Raises signing.BadSignature for a token that this site did not make."""
    return int(_signer.unsign(token))


def send_due_reminders(*, now: datetime | None = None) -> int:
    """Send what is due, for at most RUN_SECONDS; returns how many mails went out.

    Nothing goes to who has written that day, whose address is unverified, or whose time is more than MAX_DELAY past:
    these wait for their next day. Raises MailServerDown.
    """
    now = now or timezone.now()
    end = clock.monotonic() + RUN_SECONDS
    sent = 0
    while clock.monotonic() < end and Reminder.objects.due(now).exists():
        # A server that is down is noticed here, while nothing is claimed.
        connection = get_connection()
        try:
            connection.open()
        except OSError as error:
            raise MailServerDown(f"the mail server can't be reached ({type(error).__name__})") from error
        try:
            claimed = _claim(now)
            sent += sum(_send(reminder, connection) for reminder, is_wanted in claimed.items() if is_wanted)
        finally:
            connection.close()
        if not claimed:  # others are at work on all that is left
            break
    return sent


def _schedule(reminder: Reminder, zone: ZoneInfo, now: datetime) -> None:
    reminder.next_at = (
        next_sending(reminder.time, zone, after=now, last_sent_on=reminder.last_sent_on) if reminder.is_on else None
    )


@transaction.atomic
def _claim(now: datetime) -> dict[Reminder, bool]:
    """Move up to BATCH_SIZE due reminders to their next day; returns them, and whether each is to be sent now.

    What another worker is claiming is passed over, and so is what its owner is changing at this moment.
    """
    due = Reminder.objects.due(now).select_related("user")
    claimed = list(due.select_for_update(skip_locked=True, no_key=True)[:BATCH_SIZE])
    days = {reminder: _due_day(reminder) for reminder in claimed}
    wanted = _wanted(days, now)
    for reminder in claimed:
        if wanted[reminder]:
            reminder.last_sent_on = days[reminder]
        _schedule(reminder, reminder.user.zone, now)
    Reminder.objects.bulk_update(claimed, ["next_at", "last_sent_on"])
    return wanted


def _due_day(reminder: Reminder) -> date:
    """The day that the reminder is for, by its owner's clock: yesterday's may come a little after midnight."""
    if reminder.next_at is None:
        raise ValueError("a reminder that is off is never due")
    return reminder.next_at.astimezone(reminder.user.zone).date()


def _wanted(days: dict[Reminder, date], now: datetime) -> dict[Reminder, bool]:
    """Whether each due reminder, given with its day, is sent: it is in time, its day unwritten, the address verified.

    Costs two queries, however many reminders there are.
    """
    of_day = Q(pk__in=[])
    for day in set(days.values()):
        of_day |= Q(written_on=day, user__in=[reminder.user_id for reminder in days if days[reminder] == day])
    has_written = set(Entry.objects.filter(of_day).values_list("user_id", flat=True))
    verified = _verified([reminder.user for reminder in days])
    return {
        reminder: reminder.next_at is not None
        and now - reminder.next_at <= MAX_DELAY
        and reminder.user.is_active
        and reminder.user_id in verified
        and reminder.user_id not in has_written
        for reminder in days
    }


def _verified(users: Iterable[User]) -> set[int]:
    """The ids of those users whose address is verified."""
    addresses = {user.pk: user.email.lower() for user in users}
    found = EmailAddress.objects.filter(user__in=addresses, verified=True).values_list("user_id", "email")
    return {user_id for user_id, email in found if email.lower() == addresses[user_id]}


def _send(reminder: Reminder, connection: BaseEmailBackend) -> bool:
    """Send one mail; one that fails is logged, without the address that the server's own words would tell."""
    try:
        build_mail(reminder, unsubscribe_token(reminder.user_id), connection).send()
    except (OSError, ValueError) as error:  # ValueError: an address that no mail can be written to
        logger.warning("the reminder of user %s was not sent: %s", reminder.user_id, type(error).__name__)
        connection.close()  # it may be in the middle of something; the next mail opens it again
        return False
    return True
