"""A person's profile, and the end of their account, through the API."""

from datetime import date, timedelta

import pytest
from allauth.account.models import EmailAddress
from django.test import Client
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry, Feedback
from tests.factories import PASSWORD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

PROFILE, DELETION = "/api/v1/profile/", "/api/v1/account/deletion/"


def test_profile_of_who_has_written_nothing(owner: User, owner_api: APIClient) -> None:
    answer = owner_api.get(PROFILE)
    assert answer.status_code == 200
    assert answer.json() == {
        "email": owner.email,
        "is_email_verified": False,
        "has_password": True,
        "joined_at": timezone.localtime(owner.date_joined).isoformat(),
        "entry_count": 0,
        "first_day": None,
        "last_day": None,
        "streak": 0,
    }


def test_profile_counts_own_entries_alone(owner: User, outsider: User, owner_api: APIClient) -> None:
    EmailAddress.objects.create(user=owner, email=owner.email, verified=True, primary=True)
    owner.set_unusable_password()
    owner.save()
    today = timezone.localdate()
    for day in (today, today - timedelta(days=1), today - timedelta(days=1), date(2026, 3, 2)):
        make_entry(owner, written_on=day)
    make_entry(outsider, written_on=date(2020, 1, 1))
    answer = owner_api.get(PROFILE).json()
    assert (answer["is_email_verified"], answer["has_password"]) == (True, False)
    assert (answer["entry_count"], answer["streak"]) == (4, 2)
    assert (answer["first_day"], answer["last_day"]) == ("2026-03-02", today.isoformat())


def test_profile_query_count(
    owner: User, owner_api: APIClient, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(30):
        make_entry(owner, written_on=timezone.localdate() - timedelta(days=number))
    with django_assert_max_num_queries(3):  # counts, address, streak
        assert owner_api.get(PROFILE).json()["streak"] == 30


@pytest.mark.parametrize(("method", "path"), [("get", PROFILE), ("post", DELETION)])
def test_nobody_is_refused(db: None, method: str, path: str) -> None:
    answer = getattr(APIClient(), method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (401, "application/problem+json")


@pytest.mark.parametrize(("method", "path"), [("patch", PROFILE), ("delete", DELETION), ("get", DELETION)])
def test_other_methods_are_none(owner_api: APIClient, owner: User, method: str, path: str) -> None:
    answer = getattr(owner_api, method)(path)
    assert (answer.status_code, answer["Content-Type"]) == (405, "application/problem+json")
    assert User.objects.filter(pk=owner.pk).exists()


def test_deletion_under_the_old_address_is_gone(owner_api: APIClient, owner: User) -> None:
    assert owner_api.delete("/api/v1/account/", {"password": PASSWORD}, format="json").status_code == 404
    assert User.objects.filter(pk=owner.pk).exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"password": "wrong"}, "/password"),
        ({}, "/password"),
        ({"email": "owner@example.com"}, "/password"),  # there is a password: the address is not enough
        ({"passwort": PASSWORD}, "/passwort"),
        ({"password": None}, "/password"),
        ([], ""),
    ],
)
def test_deletion_asks_for_the_password(owner_api: APIClient, owner: User, body: object, pointer: str) -> None:
    answer = owner_api.post(DELETION, body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert User.objects.filter(pk=owner.pk).exists()


def test_deletion_takes_everything(owner_api: APIClient, owner: User, outsider: User, catalogue: None) -> None:
    make_entry(owner)
    kept = make_entry(outsider)
    assert owner_api.post(DELETION, {"password": PASSWORD}, format="json").status_code == 204
    assert list(User.objects.all()) == [outsider]
    assert list(Entry.objects.all()) == [kept]
    assert not Feedback.objects.exists()


def test_deletion_of_an_account_without_a_password(owner_api: APIClient, owner: User) -> None:
    owner.set_unusable_password()
    owner.save()
    answer = owner_api.post(DELETION, {"email": "other@example.com"}, format="json")
    assert answer.json()["errors"][0]["pointer"] == "/email"
    assert owner_api.post(DELETION, {"email": " Owner@Example.com "}, format="json").status_code == 204
    assert not User.objects.filter(pk=owner.pk).exists()


def test_deletion_counts_attempts(owner_api: APIClient, owner: User) -> None:
    for _ in range(10):
        owner_api.post(DELETION, {"password": "wrong"}, format="json")
    answer = owner_api.post(DELETION, {"password": PASSWORD}, format="json")
    assert (answer.status_code, answer["Retry-After"]) == (429, "60")
    assert User.objects.filter(pk=owner.pk).exists()


def test_token_of_a_deleted_account_is_worth_nothing(client: Client, owner: User) -> None:
    login = {"email": owner.email, "password": PASSWORD}
    answer = client.post("/_allauth/app/v1/auth/login", login, content_type="application/json")
    token = {"X-Session-Token": answer.json()["meta"]["session_token"]}
    api = APIClient()
    assert api.get(PROFILE, headers=token).status_code == 200
    assert api.post(DELETION, {"password": PASSWORD}, format="json", headers=token).status_code == 204
    assert api.get(PROFILE, headers=token).status_code == 401
