"""Reminders by mail: when they are due, and who gets them."""

import logging
import smtplib
import threading
from datetime import UTC, date, datetime, time, timedelta
from io import StringIO
from unittest import mock
from zoneinfo import ZoneInfo

import pytest
from allauth.account.models import EmailAddress
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend
from django.core.management import CommandError, call_command
from django.db import connection
from pytest_django import DjangoAssertNumQueries, Settings

from accounts.models import User
from diary import reminders
from diary.models import Reminder
from diary.tasks import send_reminders_task
from tests.factories import make_entry, make_user

pytestmark = pytest.mark.django_db

SEOUL = ZoneInfo("Asia/Seoul")
NEW_YORK = ZoneInfo("America/New_York")
MORNING = datetime(2026, 11, 26, 9, 0, tzinfo=SEOUL)
EVENING = datetime(2026, 11, 26, 21, 0, tzinfo=SEOUL)
DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)


def verify(user: User) -> None:
    EmailAddress.objects.create(user=user, email=user.email, verified=True, primary=True)


def remind(user: User, *, at: time = time(21), now: datetime = MORNING) -> Reminder:
    """Switch the reminder of a user with a verified address on."""
    verify(user)
    return reminders.save_reminder(user=user, is_on=True, at=at, now=now)


class BrokenServer(EmailBackend):
    """A mail server that refuses some addresses, as the real one does."""

    refused: frozenset[str] = frozenset()

    def send_messages(self, messages: list[mail.EmailMessage]) -> int:  # type: ignore[override]
        for message in messages:
            if message.to[0] in self.refused:
                raise smtplib.SMTPRecipientsRefused({message.to[0]: (550, b"no such user")})
        return super().send_messages(messages)


# --- When the next is due ---


@pytest.mark.parametrize(
    ("after", "expected"),
    [
        (MORNING, EVENING),
        (EVENING - MINUTE, EVENING),
        (EVENING, EVENING + DAY),
        (datetime(2026, 11, 26, 23, 59, tzinfo=SEOUL), EVENING + DAY),
    ],
)
def test_next_sending_is_the_next_time_that_the_clock_shows_it(after: datetime, expected: datetime) -> None:
    assert reminders.next_sending(time(21), SEOUL, after=after) == expected


def test_next_sending_is_not_on_the_day_of_the_last() -> None:
    moment = reminders.next_sending(time(22), SEOUL, after=EVENING, last_sent_on=date(2026, 11, 26))
    assert moment == EVENING + DAY + timedelta(hours=1)


@pytest.mark.parametrize(
    ("zone", "at", "start", "moments"),
    [
        pytest.param(  # 02:00 to 03:00 is skipped on 8 March
            "America/New_York",
            time(2, 30),
            datetime(2026, 3, 7, 0, 0, tzinfo=NEW_YORK),
            ["2026-03-07T07:30Z", "2026-03-08T07:30Z", "2026-03-09T06:30Z"],
            id="a time that is skipped",
        ),
        pytest.param(  # 01:00 to 02:00 comes twice on 1 November
            "America/New_York",
            time(1, 30),
            datetime(2026, 10, 31, 0, 0, tzinfo=NEW_YORK),
            ["2026-10-31T05:30Z", "2026-11-01T05:30Z", "2026-11-02T06:30Z"],
            id="a time that comes twice",
        ),
        pytest.param(  # there was no 30 December 2011 in Samoa
            "Pacific/Apia",
            time(21),
            datetime(2011, 12, 29, 12, 0, tzinfo=UTC),
            ["2011-12-30T07:00Z", "2011-12-31T07:00Z", "2012-01-01T07:00Z"],
            id="a day that is skipped",
        ),
    ],
)
def test_next_sending_once_a_day_when_clocks_change(zone: str, at: time, start: datetime, moments: list[str]) -> None:
    found = []
    after = start
    for _ in moments:
        after = reminders.next_sending(at, ZoneInfo(zone), after=after)
        found.append(after)
    assert found == [datetime.fromisoformat(moment) for moment in moments]


def test_time_comes_twice_but_one_mail_is_sent(owner: User) -> None:
    owner.time_zone = "America/New_York"
    owner.save()
    remind(owner, at=time(1, 30), now=datetime(2026, 10, 31, 12, tzinfo=UTC))
    first = datetime(2026, 11, 1, 5, 30, tzinfo=UTC)
    sent = [reminders.send_due_reminders(now=first + number * timedelta(minutes=10)) for number in range(12)]
    assert sent == [1] + [0] * 11


# --- Who gets one ---


def test_off_unless_somebody_switches_it_on(owner: User) -> None:
    verify(owner)
    assert not reminders.reminder_of(owner).is_on
    assert reminders.send_due_reminders(now=EVENING) == 0


def test_due_reminder_is_sent_once_and_again_the_next_day(owner: User) -> None:
    remind(owner)
    assert reminders.send_due_reminders(now=EVENING - MINUTE) == 0
    assert reminders.send_due_reminders(now=EVENING) == 1
    assert reminders.send_due_reminders(now=EVENING + MINUTE) == 0
    assert reminders.send_due_reminders(now=EVENING + DAY) == 1
    assert [message.to for message in mail.outbox] == [[owner.email]] * 2


def test_later_time_of_a_day_that_had_its_mail_waits_for_tomorrow(owner: User) -> None:
    remind(owner)
    reminders.send_due_reminders(now=EVENING)
    reminder = reminders.save_reminder(user=owner, at=time(22), now=EVENING + MINUTE)
    assert reminder.next_at == EVENING + DAY + timedelta(hours=1)


def test_day_that_is_written_gets_no_mail(owner: User, outsider: User) -> None:
    remind(owner)
    remind(outsider)
    make_entry(owner, written_on=date(2026, 11, 26))
    make_entry(outsider, written_on=date(2026, 11, 25))
    assert reminders.send_due_reminders(now=EVENING) == 1
    assert mail.outbox[0].to == [outsider.email]
    assert reminders.send_due_reminders(now=EVENING + DAY) == 2


def test_written_day_is_that_of_the_writers_clock(owner: User) -> None:
    owner.time_zone = "Pacific/Kiritimati"
    owner.save()
    remind(owner)
    make_entry(owner, written_on=date(2026, 11, 27))  # today there, still tomorrow on the site's clock
    assert reminders.send_due_reminders(now=datetime(2026, 11, 26, 21, 5, tzinfo=ZoneInfo("Pacific/Kiritimati"))) == 1
    assert reminders.send_due_reminders(now=datetime(2026, 11, 27, 21, 5, tzinfo=ZoneInfo("Pacific/Kiritimati"))) == 0


@pytest.mark.parametrize(("late", "sent"), [(timedelta(hours=2), 1), (timedelta(hours=2, minutes=1), 0)])
def test_server_was_down_a_late_reminder_is_skipped(owner: User, late: timedelta, sent: int) -> None:
    reminder = remind(owner)
    assert reminders.send_due_reminders(now=EVENING + late) == sent
    reminder.refresh_from_db()
    assert reminder.next_at == EVENING + DAY


def test_reminder_that_comes_after_midnight_is_of_the_day_before(owner: User) -> None:
    reminder = remind(owner, at=time(23, 30))
    make_entry(owner, written_on=date(2026, 11, 26))
    after_midnight = datetime(2026, 11, 27, 0, 30, tzinfo=SEOUL)
    assert reminders.send_due_reminders(now=after_midnight) == 0  # the day it was for is written
    reminder.refresh_from_db()
    assert reminder.next_at == datetime(2026, 11, 27, 23, 30, tzinfo=SEOUL)


@pytest.mark.parametrize("addresses", ["none", "unverified", "another"])
def test_unverified_address_gets_no_mail(owner: User, addresses: str) -> None:
    reminders.save_reminder(user=owner, is_on=True, at=time(21), now=MORNING)
    if addresses == "unverified":
        EmailAddress.objects.create(user=owner, email=owner.email, primary=True)
    if addresses == "another":
        EmailAddress.objects.create(user=owner, email="second@example.com", verified=True)
    assert not reminders.can_be_reminded(owner)
    assert reminders.send_due_reminders(now=EVENING) == 0
    verify(owner) if addresses != "unverified" else EmailAddress.objects.update(verified=True)
    assert reminders.can_be_reminded(owner)
    assert reminders.send_due_reminders(now=EVENING + DAY) == 1


def test_closed_account_gets_no_mail(owner: User) -> None:
    remind(owner)
    User.objects.update(is_active=False)
    assert reminders.send_due_reminders(now=EVENING) == 0


def test_deleted_account_takes_its_reminder_along(owner: User) -> None:
    remind(owner)
    owner.delete()
    assert not Reminder.objects.exists()


def test_another_clock_moves_the_next_mail(owner: User) -> None:
    remind(owner)
    reminders.change_time_zone(user=owner, time_zone="America/Los_Angeles", now=MORNING)
    reminder = Reminder.objects.get()
    assert reminder.next_at == datetime(2026, 11, 25, 21, 0, tzinfo=ZoneInfo("America/Los_Angeles"))


def test_another_clock_of_who_has_it_off(owner: User) -> None:
    reminders.save_reminder(user=owner, is_on=False)
    reminders.change_time_zone(user=owner, time_zone="UTC")
    assert Reminder.objects.get().next_at is None


# --- Many, and failures ---


def test_batches_all_get_theirs_in_few_queries(django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for number in range(reminders.BATCH_SIZE):
        remind(make_user(f"{number}@example.com"))
    # Twice whether any is due, a transaction of two, the claim, who has written, who is verified, the update.
    with django_assert_num_queries(8):
        assert reminders.send_due_reminders(now=EVENING) == reminders.BATCH_SIZE
    for number in range(reminders.BATCH_SIZE, 2 * reminders.BATCH_SIZE + 1):
        remind(make_user(f"{number}@example.com"), now=EVENING)
    assert reminders.send_due_reminders(now=EVENING + DAY) == 2 * reminders.BATCH_SIZE + 1


def test_refused_address_stops_nobody_else_and_is_not_logged(
    owner: User, outsider: User, settings: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    remind(owner)
    remind(outsider)
    settings.EMAIL_BACKEND = f"{__name__}.BrokenServer"
    with mock.patch.object(BrokenServer, "refused", frozenset({owner.email})), caplog.at_level(logging.INFO):
        assert reminders.send_due_reminders(now=EVENING) == 1
    assert [message.to for message in mail.outbox] == [[outsider.email]]
    assert f"user {owner.pk} was not sent: SMTPRecipientsRefused" in caplog.text
    assert owner.email not in caplog.text


@pytest.fixture
def no_mail_server(settings: Settings) -> None:
    """Nobody listens where the mail server should be."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9


def test_mail_server_down_nothing_is_lost(owner: User, no_mail_server: None, settings: Settings) -> None:
    remind(owner)
    with pytest.raises(reminders.MailServerDown):
        reminders.send_due_reminders(now=EVENING)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert reminders.send_due_reminders(now=EVENING + 10 * MINUTE) == 1


def test_task_with_the_mail_server_down_says_so_and_ends(
    owner: User, no_mail_server: None, caplog: pytest.LogCaptureFixture
) -> None:
    remind(owner)
    Reminder.objects.update(next_at=datetime.now(UTC))
    send_reminders_task.delay()
    assert "the mail server can't be reached (ConnectionRefusedError): the reminders wait" in caplog.text


def test_command_sends_and_tells_how_many(owner: User) -> None:
    remind(owner)
    Reminder.objects.update(next_at=datetime.now(UTC))
    told = StringIO()
    call_command("send_reminders", stdout=told)
    assert told.getvalue() == "1 reminders sent\n"


def test_command_with_the_mail_server_down(owner: User, no_mail_server: None) -> None:
    remind(owner)
    Reminder.objects.update(next_at=datetime.now(UTC))
    with pytest.raises(CommandError, match="EMAIL_URL"):
        call_command("send_reminders")


@pytest.mark.django_db(transaction=True)
def test_four_senders_at_once_send_every_mail_once() -> None:
    for number in range(3 * reminders.BATCH_SIZE):
        remind(make_user(f"{number}@example.com"))
    sent: list[int] = []
    start = threading.Barrier(4)

    def run() -> None:
        try:
            start.wait()
            sent.append(reminders.send_due_reminders(now=EVENING))
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sent.append(reminders.send_due_reminders(now=EVENING))  # whom the others passed over while one of them claimed
    assert sum(sent) == 3 * reminders.BATCH_SIZE
    assert len({message.to[0] for message in mail.outbox}) == len(mail.outbox) == 3 * reminders.BATCH_SIZE
