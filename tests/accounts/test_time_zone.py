"""Every person's day is that of their own clock: on pages, in the API, and when the clocks change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from unittest import mock

import pytest
from django.core.exceptions import ValidationError
from django.test import Client, RequestFactory
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts import time_zones
from accounts.models import User
from accounts.services import change_account
from diary.models import Entry
from moduhyu.middleware import TimeZoneMiddleware
from tests.factories import PASSWORD, SAD, log_in, make_entry, make_user

pytestmark = pytest.mark.django_db

# 26 November, 23:30 in Seoul, 06:30 in Los Angeles; in Kiritimati the 27th has begun.
NOW = datetime(2026, 11, 26, 14, 30, tzinfo=UTC)
DAYS = {
    "America/Los_Angeles": date(2026, 11, 26),
    "Asia/Seoul": date(2026, 11, 26),
    "Pacific/Kiritimati": date(2026, 11, 27),
}


@pytest.fixture
def now() -> Iterator[None]:
    """It is NOW."""
    with mock.patch("django.utils.timezone.now", return_value=NOW):
        yield


def client_of(time_zone: str) -> Client:
    return log_in(make_user(f"{time_zone.replace('/', '.')}@example.com", time_zone=time_zone))


def save(client: Client, day: date) -> int:
    data = {"text": SAD, "written_on": day.isoformat()}
    return client.post(reverse("diary:entry-list"), data).status_code


@pytest.mark.parametrize(("time_zone", "today"), DAYS.items())
def test_write_page_offers_the_writers_own_today(now: None, time_zone: str, today: date) -> None:
    page = client_of(time_zone).get(reverse("diary:entry-create")).text
    assert f'max="{today}" value="{today}"' in page


@pytest.mark.parametrize(("time_zone", "today"), DAYS.items())
def test_save_takes_the_writers_today_and_refuses_their_tomorrow(now: None, time_zone: str, today: date) -> None:
    client = client_of(time_zone)
    assert save(client, today) == 302
    assert save(client, today.replace(day=today.day + 1)) == 422
    assert [entry.written_on for entry in Entry.objects.all()] == [today]


@pytest.mark.parametrize(("time_zone", "today"), DAYS.items())
def test_api_token_runs_by_the_writers_clock(now: None, time_zone: str, today: date) -> None:
    make_user("phone@example.com", time_zone=time_zone)
    login = APIClient().post(
        "/_allauth/app/v1/auth/login", {"email": "phone@example.com", "password": PASSWORD}, format="json"
    )
    phone = APIClient(headers={"X-Session-Token": login.json()["meta"]["session_token"]})
    url = reverse("api:entry-list")
    saved = phone.post(url, {"text": SAD, "written_on": today.isoformat()}, format="json")
    assert saved.status_code == 201
    offset = {"America/Los_Angeles": "-08:00", "Asia/Seoul": "+09:00", "Pacific/Kiritimati": "+14:00"}[time_zone]
    assert saved.json()["created_at"].endswith(offset)
    tomorrow = today.replace(day=today.day + 1).isoformat()
    assert phone.post(url, {"text": SAD, "written_on": tomorrow}, format="json").status_code == 400
    assert timezone.get_current_timezone_name() == "Asia/Seoul"


@pytest.mark.parametrize(
    ("time_zone", "shown"),
    [("Asia/Seoul", "오후 11:30"), ("America/Los_Angeles", "오전 6:30"), ("Pacific/Kiritimati", "오전 4:30")],
)
def test_entry_tells_when_it_was_written_by_the_readers_clock(now: None, time_zone: str, shown: str) -> None:
    client = client_of(time_zone)
    entry = make_entry(User.objects.get())
    assert f"{shown}에 적었어요" in client.get(reverse("diary:entry-detail", args=[entry.pk])).text


@pytest.mark.parametrize(
    ("moment", "today"),
    [
        (datetime(2026, 3, 8, 7, 59, tzinfo=UTC), date(2026, 3, 7)),  # 23:59 PST; that night the clock skips an hour
        (datetime(2026, 3, 8, 8, 0, tzinfo=UTC), date(2026, 3, 8)),
        (datetime(2026, 3, 9, 6, 59, tzinfo=UTC), date(2026, 3, 8)),  # 23:59 PDT, a day of 23 hours later
        (datetime(2026, 11, 2, 7, 59, tzinfo=UTC), date(2026, 11, 1)),  # 23:59 PST, the end of a day of 25 hours
        (datetime(2026, 11, 2, 8, 0, tzinfo=UTC), date(2026, 11, 2)),
    ],
)
def test_today_on_the_days_that_clocks_change(moment: datetime, today: date) -> None:
    client = client_of("America/Los_Angeles")
    with mock.patch("django.utils.timezone.now", return_value=moment):
        page = client.get(reverse("diary:entry-create")).text
    assert f'max="{today}"' in page


def test_zone_ends_with_the_request_even_one_that_fails(owner: User) -> None:
    owner.time_zone = "Pacific/Kiritimati"

    def fail(request: object) -> None:
        assert timezone.get_current_timezone_name() == "Pacific/Kiritimati"
        raise RuntimeError

    request = RequestFactory().get("/")
    request.COOKIES["sessionid"] = "x"
    request.user = owner
    with pytest.raises(RuntimeError):
        TimeZoneMiddleware(fail)(request)  # type: ignore[arg-type]
    assert timezone.get_current_timezone_name() == "Asia/Seoul"


def test_zone_costs_a_page_no_query(owner_client: Client, django_assert_num_queries: DjangoAssertNumQueries) -> None:
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    with django_assert_num_queries(2):  # the session and the user, which the page's head shows
        owner_client.get(reverse("diary:help"))


def test_visitor_without_a_cookie_is_not_looked_up(
    client: Client, db: None, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    with django_assert_num_queries(0):
        assert client.get("/api/schema/").status_code == 200


def test_every_offered_zone_is_known_and_the_common_ones_come_first() -> None:
    groups = time_zones.time_zone_choices("Asia/Seoul")
    names = [name for _words, zones in groups for name, _label in zones]
    assert len(names) == len(set(names)) > 300
    assert set(names) <= time_zones.known_time_zones()
    assert names[0] == "Asia/Seoul"
    assert dict(groups[3][1])["America/Argentina/Buenos_Aires"] == "Argentina, Buenos Aires"


def test_old_name_that_a_phone_told_is_offered_too(owner: User, owner_client: Client) -> None:
    change_account(user=owner, time_zone="ROK")
    assert '<option value="ROK" selected>' in owner_client.get(reverse("accounts:settings")).text


@pytest.mark.parametrize(
    "name", ["", "Seoul", "asia/seoul", "../etc/passwd", "/etc/localtime", "Asia/Seoul\x00", "Factory"]
)
def test_unknown_zone_is_refused(owner: User, name: str) -> None:
    with pytest.raises(ValidationError):
        change_account(user=owner, time_zone=name, shares_corrections=True)
    owner.refresh_from_db()
    assert (owner.time_zone, owner.shares_corrections) == ("Asia/Seoul", False)


def test_settings_page_changes_the_zone(owner: User, owner_client: Client) -> None:
    url = reverse("diary:settings-time-zone")
    assert owner_client.get(url).url == reverse("accounts:settings")
    page = owner_client.post(url, {"time_zone": "Europe/Berlin"}, follow=True).text
    owner.refresh_from_db()
    assert owner.time_zone == "Europe/Berlin"
    assert '<option value="Europe/Berlin" selected>' in page


def test_settings_page_tells_of_an_unknown_zone(owner: User, owner_client: Client) -> None:
    page = owner_client.post(reverse("diary:settings-time-zone"), {"time_zone": "Mars/Olympus"}, follow=True).text
    assert "모르는 시간대예요" in page
    owner.refresh_from_db()
    assert owner.time_zone == "Asia/Seoul"


def test_settings_page_of_a_visitor(client: Client) -> None:
    response = client.post(reverse("diary:settings-time-zone"), {"time_zone": "UTC"})
    assert response.url.startswith(reverse("account_login"))


def test_sharing_of_corrections_leaves_the_zone(owner: User, owner_client: Client) -> None:
    change_account(user=owner, time_zone="Europe/Berlin")
    owner_client.post(reverse("accounts:settings"), {"shares_corrections": "on"})
    owner.refresh_from_db()
    assert (owner.time_zone, owner.shares_corrections) == ("Europe/Berlin", True)


def test_entry_of_a_day_to_come_here_can_be_changed(owner: User, owner_client: Client) -> None:
    """Who writes on a morning in Seoul and lands in Hawaii has an entry of tomorrow."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    entry = make_entry(owner, written_on=tomorrow)
    url = reverse("diary:entry-edit", args=[entry.pk])
    form = {"text": "고친 글", "written_on": tomorrow.isoformat(), "revision": str(entry.revision)}
    assert owner_client.post(url, form).status_code == 302
    address = f"/api/v1/entries/{entry.pk}/"
    headers = {"if-match": "*"}
    patch = {"text": "다시 고친 글", "written_on": tomorrow.isoformat()}
    assert owner_client.patch(address, patch, content_type="application/json", headers=headers).status_code == 200
    assert owner_client.patch(address, {"tags": ["여행"]}, content_type="application/json", headers=headers).json()[
        "tags"
    ] == ["여행"]
    later = {"written_on": (tomorrow + timedelta(days=1)).isoformat()}
    assert owner_client.patch(address, later, content_type="application/json", headers=headers).status_code == 400
