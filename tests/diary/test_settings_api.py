"""The settings in the API: the same functions as behind the page."""

import re
from datetime import time

import pytest
from allauth.account.models import EmailAddress
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Reminder

pytestmark = pytest.mark.django_db

URL = reverse("api:settings")
DEFAULTS = {
    "time_zone": "Asia/Seoul",
    "shares_corrections": False,
    "reminder": {"is_on": False, "time": "21:00", "next_at": None, "can_be_sent": False},
}


def test_read_before_anything_was_set(owner_api: APIClient) -> None:
    answer = owner_api.get(URL)
    assert (answer.status_code, answer.json()) == (200, DEFAULTS)
    assert not Reminder.objects.exists()


def test_patch_changes_what_is_sent_and_nothing_else(owner: User, owner_api: APIClient) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    answer = owner_api.patch(URL, {"reminder": {"time": "07:30"}}, format="json").json()
    assert answer["reminder"] == {"is_on": False, "time": "07:30", "next_at": None, "can_be_sent": True}
    answer = owner_api.patch(URL, {"reminder": {"is_on": True}}, format="json").json()
    assert (answer["reminder"]["is_on"], answer["reminder"]["time"]) == (True, "07:30")
    assert answer["reminder"]["next_at"].endswith("T07:30:00+09:00")
    answer = owner_api.patch(URL, {"time_zone": "Europe/Berlin", "shares_corrections": True}, format="json").json()
    assert re.search(r"T07:30:00\+0[12]:00$", answer["reminder"]["next_at"])
    owner.refresh_from_db()
    assert (owner.time_zone, owner.shares_corrections) == ("Europe/Berlin", True)


def test_patch_with_what_was_read(owner_api: APIClient) -> None:
    answer = owner_api.patch(URL, owner_api.get(URL).json(), format="json")
    assert (answer.status_code, answer.json()) == (200, DEFAULTS)


def test_patch_of_nothing_saves_nothing(owner_api: APIClient) -> None:
    assert owner_api.patch(URL, {}, format="json").json() == DEFAULTS
    assert not Reminder.objects.exists()


def test_patch_remembers_the_language(owner_api: APIClient) -> None:
    owner_api.patch(URL, {"reminder": {"is_on": True}}, format="json", headers={"accept-language": "en"})
    assert Reminder.objects.get().language == "en"


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"time_zone": "Mars/Olympus"}, "/time_zone"),
        ({"time_zone": None}, "/time_zone"),
        ({"shares_corrections": "maybe"}, "/shares_corrections"),
        ({"shares_correction": True}, "/shares_correction"),
        ({"reminder": None}, "/reminder"),
        ({"reminder": []}, "/reminder"),
        ({"reminder": {"time": "9 pm"}}, "/reminder/time"),
        ({"reminder": {"time": "21:00:30"}}, "/reminder/time"),
        ({"reminder": {"at": "21:00"}}, "/reminder/at"),
        ({"reminder": {"is_on": None}}, "/reminder/is_on"),
        ([], ""),
    ],
)
def test_patch_bad_input_points_at_the_field_and_changes_nothing(
    owner: User, owner_api: APIClient, body: object, pointer: str
) -> None:
    if isinstance(body, dict):
        body = {"shares_corrections": True, **body}
    answer = owner_api.patch(URL, body, format="json")
    assert answer.status_code == 400
    assert answer["content-type"] == "application/problem+json"
    assert pointer in {error["pointer"] for error in answer.json()["errors"]}
    owner.refresh_from_db()
    assert (owner.time_zone, owner.shares_corrections) == ("Asia/Seoul", False)


def test_outsiders_settings_are_their_own(owner: User, owner_api: APIClient, outsider_api: APIClient) -> None:
    owner_api.patch(URL, {"time_zone": "UTC", "reminder": {"is_on": True, "time": "06:00"}}, format="json")
    assert outsider_api.get(URL).json() == DEFAULTS
    outsider_api.patch(URL, {"reminder": {"time": "23:00"}}, format="json")
    assert Reminder.objects.get(user=owner).time == time(6)


@pytest.mark.parametrize("method", ["get", "patch"])
def test_anonymous_is_refused(db: None, method: str) -> None:
    assert getattr(APIClient(), method)(URL).status_code == 401
