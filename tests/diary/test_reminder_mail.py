"""What a reminder says, how it ends with one click, and its card on the settings page."""

from datetime import date, time

import pytest
from django.core import mail, signing
from django.test import Client
from django.urls import reverse
from django.utils import translation
from pytest_django import Settings

from accounts.models import User
from diary import reminders
from diary.models import Reminder
from tests.diary.test_reminders import EVENING, remind, verify
from tests.factories import make_entry

pytestmark = pytest.mark.django_db


# --- The mail ---


def test_mail_holds_no_diary_and_both_links(owner: User, settings: Settings) -> None:
    settings.SITE_URL = "https://rest.example.com"
    make_entry(owner, "비밀스러운 글", written_on=date(2026, 11, 25))
    remind(owner)
    reminders.send_due_reminders(now=EVENING)
    [message] = mail.outbox
    [html] = message.alternatives
    unsubscribe = f"https://rest.example.com/reminder/off/{reminders.unsubscribe_token(owner.pk)}/"
    assert message.subject == "오늘은 어땠나요?"
    for body in (message.body, str(html.content)):
        assert "https://rest.example.com/entries/new/" in body
        assert unsubscribe in body
        assert "비밀" not in body
    headers = message.message()
    assert headers["List-Unsubscribe"] == f"<{unsubscribe}>"
    assert headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_mail_is_in_the_language_that_the_reminder_was_saved_in(owner: User, outsider: User) -> None:
    with translation.override("en"):
        remind(owner)
    with translation.override("ko"):
        remind(outsider)
        reminders.send_due_reminders(now=EVENING)
    languages = {message.to[0]: str(message.alternatives[0].content) for message in mail.outbox}
    assert '<html lang="en">' in languages[owner.email]
    assert '<html lang="ko">' in languages[outsider.email]


# --- The end of it ---


def unsubscribe_url(user: User) -> str:
    return reverse("diary:reminder-unsubscribe", args=[reminders.unsubscribe_token(user.pk)])


def test_unsubscribe_by_link_asks_first(owner: User, client: Client) -> None:
    remind(owner)
    page = client.get(unsubscribe_url(owner))
    assert "그만 받을까요" in page.text
    assert Reminder.objects.get().is_on


def test_unsubscribe_in_one_click_without_cookie_token_or_log_in(owner: User, outsider: User) -> None:
    remind(owner)
    remind(outsider)
    program = Client(enforce_csrf_checks=True)
    for _ in range(2):  # and again: it stays off
        answer = program.post(unsubscribe_url(owner), {"List-Unsubscribe": "One-Click"})
        assert answer.status_code == 200
        assert "알림을 껐어요" in answer.text
    assert not Reminder.objects.get(user=owner).is_on
    assert Reminder.objects.get(user=outsider).is_on
    assert reminders.send_due_reminders(now=EVENING) == 1


def test_unsubscribe_of_who_is_gone(owner: User, client: Client) -> None:
    url = unsubscribe_url(owner)
    owner.delete()
    assert client.post(url).status_code == 200


@pytest.mark.parametrize("token", ["1", "1.", "1.wrong", "x", "1:abc"])
def test_unsubscribe_by_a_made_up_token(owner: User, client: Client, token: str) -> None:
    remind(owner)
    url = reverse("diary:reminder-unsubscribe", args=[token])
    assert client.get(url).status_code == client.post(url).status_code == 404
    assert Reminder.objects.get().is_on


def test_unsubscribe_by_a_token_of_another_purpose(owner: User, client: Client) -> None:
    remind(owner)
    token = signing.Signer(sep=".", salt="something.else").sign(str(owner.pk))
    assert client.post(reverse("diary:reminder-unsubscribe", args=[token])).status_code == 404


# --- The settings page ---


def test_card_switches_on_and_tells_when_the_next_comes(owner: User, owner_client: Client) -> None:
    verify(owner)
    url = reverse("diary:settings-reminder")
    assert "지금 켜면 첫 알림은" in owner_client.get(reverse("accounts:settings")).text
    page = owner_client.post(url, {"is_on": "on", "time": "07:05"}, follow=True).text
    reminder = Reminder.objects.get()
    assert (reminder.is_on, reminder.time, reminder.language) == (True, time(7, 5), "ko")
    assert "오전 7:05에 가요" in page
    owner_client.post(url, {"time": "07:05"})
    reminder.refresh_from_db()
    assert (reminder.is_on, reminder.next_at) == (False, None)


def test_card_tells_who_has_to_verify_their_address(owner_client: Client) -> None:
    page = owner_client.get(reverse("accounts:settings")).text
    assert "owner@example.com 주소를 아직 확인하지 않았어요" in page


@pytest.mark.parametrize("value", ["", "25:00", "아홉 시", "21:00:00.5"])
def test_card_no_time(owner_client: Client, value: str) -> None:
    url = reverse("diary:settings-reminder")
    page = owner_client.post(url, {"is_on": "on", "time": value}, follow=True).text
    assert "note-error" in page
    assert not Reminder.objects.exists()


def test_card_of_a_visitor(client: Client, db: None) -> None:
    response = client.post(reverse("diary:settings-reminder"), {"time": "21:00"})
    assert response.url.startswith(reverse("account_login"))


def test_address_that_leads_back_after_a_log_in(owner_client: Client) -> None:
    assert owner_client.get(reverse("diary:settings-reminder")).url == reverse("accounts:settings")
