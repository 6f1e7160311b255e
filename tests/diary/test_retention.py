"""What the privacy page promises, and that what is over goes."""

import os
import time
from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from accounts.session_store import stored_key
from diary import retention
from diary.models import Export
from diary.portability import uploads
from diary.tasks import forget_what_is_over_task
from moduhyu.celery import app

LONG_AGO = timezone.now() - timedelta(days=30)


def test_page_tells_how_long_everything_is_kept(client: Client) -> None:
    page = client.get(reverse("diary:privacy"), headers={"accept-language": "ko"})
    assert page.status_code == 200
    text = page.content.decode()
    assert all(kept.name in text and kept.period in text for kept in retention.list_retention())
    assert [kept.period for kept in retention.list_retention()][2:6] == ["180일", "14일", "24시간", "1시간"]
    assert "mailto:" not in text


def test_page_names_who_can_be_asked(client: Client, settings: Settings) -> None:
    settings.PRIVACY_CONTACT = "privacy@example.com"
    assert "mailto:privacy@example.com" in client.get(reverse("diary:privacy")).content.decode()


@pytest.mark.parametrize("name", ["diary:home", "diary:help", "account_signup", "account_login"])
def test_page_is_linked_from_wherever_somebody_arrives(client: Client, name: str) -> None:
    page = client.get(reverse(name)).content.decode()
    assert f'href="{reverse("diary:privacy")}"' in page


@pytest.mark.django_db
def test_sessions_that_are_over_go_with_their_devices(owner: User, client: Client) -> None:
    other = Client()
    for device in (client, other):
        device.force_login(owner)
        key = stored_key(device.session.session_key)
        UserSession.objects.create(user=owner, session_key=key, ip="203.0.113.1", user_agent="Browser")
    kept, ended = (stored_key(device.session.session_key) for device in (client, other))
    UserSession.objects.filter(session_key=ended).update(last_seen_at=LONG_AGO)
    Session.objects.filter(session_key=ended).update(expire_date=LONG_AGO)
    retention.forget_what_is_over()
    assert [row.session_key for row in UserSession.objects.all()] == [kept]
    assert [row.session_key for row in Session.objects.all()] == [kept]


@pytest.mark.django_db
def test_device_of_a_login_that_is_under_way_stays(owner: User) -> None:
    UserSession.objects.create(user=owner, session_key="soon", ip="203.0.113.1", user_agent="Browser")
    retention.forget_what_is_over()
    assert UserSession.objects.exists()


@pytest.mark.django_db
def test_uploads_and_exports_that_are_over_go(owner: User) -> None:
    kept = uploads.keep(owner, [b"text"])
    path = uploads.folder() / kept.name
    Export.objects.create(user=owner, status=Export.Status.FAILED)
    Export.objects.update(created_at=LONG_AGO)
    retention.forget_what_is_over()
    assert path.exists()
    assert not Export.objects.exists()
    long_ago = time.time() - uploads.KEPT_SECONDS - 1
    os.utime(path, (long_ago, long_ago))
    retention.forget_what_is_over()
    assert not path.exists()


@pytest.mark.django_db
def test_cron_sees_to_it_where_no_worker_does(owner: User) -> None:
    Export.objects.create(user=owner, status=Export.Status.FAILED)
    Export.objects.update(created_at=LONG_AGO)
    call_command("forget_what_is_over")
    assert not Export.objects.exists()


def test_the_clock_sees_to_it() -> None:
    assert forget_what_is_over_task.name in {entry["task"] for entry in app.conf.beat_schedule.values()}
