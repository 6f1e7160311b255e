"""Signing up, logging in and out by e-mail address."""

import re

import pytest
from django.contrib.auth.models import Permission
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from diary.models import Entry
from tests.factories import PASSWORD, make_entry, make_user

pytestmark = pytest.mark.django_db


def sign_up(client: Client, email: str = "new@example.com", password: str = PASSWORD) -> object:
    data = {"email": email, "password1": password, "password2": password}
    return client.post(reverse("account_signup"), data)


def test_sign_up_logs_in_and_leads_to_the_write_page(client: Client) -> None:
    response = sign_up(client)
    assert (response.status_code, response.url) == (302, reverse("diary:home"))
    assert 'name="text"' in client.get("/").text
    assert User.objects.get().check_password(PASSWORD)


def test_sign_up_weak_password_says_why(client: Client) -> None:
    response = sign_up(client, password="12345678")
    assert response.status_code == 200
    assert not User.objects.exists()
    assert response.context["form"].errors["password1"]


def test_sign_up_taken_address_differs_by_case(client: Client) -> None:
    make_user("new@example.com")
    sign_up(client, email="NEW@example.com")
    assert User.objects.count() == 1


def test_log_in_and_out(client: Client) -> None:
    make_user("owner@example.com")
    data = {"login": "Owner@Example.com", "password": PASSWORD}
    assert client.post(reverse("account_login"), data).url == reverse("diary:home")
    client.post(reverse("account_logout"))
    assert client.get(reverse("diary:entry-list")).status_code == 302


def test_log_in_wrong_password(client: Client) -> None:
    make_user("owner@example.com")
    response = client.post(reverse("account_login"), {"login": "owner@example.com", "password": "wrong"})
    assert response.status_code == 200
    assert response.context["form"].non_field_errors()


def test_reset_password_sends_a_mail(client: Client) -> None:
    make_user("owner@example.com")
    mail.outbox.clear()
    client.post(reverse("account_reset_password"), {"email": "owner@example.com"})
    assert [message.to for message in mail.outbox] == [["owner@example.com"]]
    assert re.search(r"^[A-Z0-9]{4}-[A-Z0-9]{4}$", mail.outbox[0].body, re.MULTILINE)


@pytest.mark.parametrize("name", ["account_login", "account_signup", "account_reset_password"])
@pytest.mark.parametrize("language", ["ko", "en"])
def test_account_pages_open(client: Client, name: str, language: str) -> None:
    response = client.get(reverse(name), headers={"accept-language": language})
    assert response.status_code == 200
    assert f'lang="{language}"' in response.text


@pytest.mark.parametrize("name", ["account_email", "account_change_password", "account_logout"])
def test_account_pages_of_who_is_logged_in_open(owner_client: Client, name: str) -> None:
    assert owner_client.get(reverse(name)).status_code == 200


def test_create_user_needs_an_address() -> None:
    with pytest.raises(ValueError, match="e-mail"):
        User.objects.create_user("")


def test_admin_login_counts_attempts(client: Client) -> None:
    make_user("admin@example.com", is_staff=True, is_superuser=True)
    response = client.get(reverse("admin:index"), follow=True)
    assert response.redirect_chain[-1][0].startswith(reverse("account_login"))
    for _ in range(12):
        client.post(reverse("account_login"), {"login": "admin@example.com", "password": "wrong"})
    client.post(reverse("account_login"), {"login": "admin@example.com", "password": PASSWORD})
    assert client.get(reverse("admin:index")).status_code == 302


@pytest.fixture
def admin_client(db: None) -> Client:
    client = Client()
    client.force_login(make_user("admin@example.com", is_staff=True, is_superuser=True))
    return client


def test_user_added_by_an_admin_logs_in(admin_client: Client, client: Client) -> None:
    data = {"email": "Mixed@Example.com", "password1": PASSWORD, "password2": PASSWORD, "usable_password": "true"}
    response = admin_client.post(reverse("admin:accounts_user_add"), data)
    assert response.status_code == 302, response.context["errors"]
    assert User.objects.filter(email="mixed@example.com").exists()
    login = client.post(reverse("account_login"), {"login": "MIXED@example.com", "password": PASSWORD})
    assert login.status_code == 302


def test_admin_shows_nobody_where_people_log_in(admin_client: Client) -> None:
    index = admin_client.get(reverse("admin:index")).text
    assert "/admin/accounts/user/" in index
    assert not [app for app in ("usersessions", "mfa", "socialaccount") if f"/admin/{app}/" in index]


def test_who_may_change_users_becomes_nobody_and_gives_no_rights(client: Client, owner: User) -> None:
    """Staff with every right but a superuser's."""
    clerk = User.objects.create_user("clerk@example.com", PASSWORD, is_staff=True)
    clerk.user_permissions.set(Permission.objects.all())
    client.force_login(clerk)
    path = reverse("admin:accounts_user_change", args=[owner.pk])
    before = User.objects.filter(pk=owner.pk).values().get()
    assert client.get(path).status_code == 200
    passwords = {"usable_password": "true", "password1": "rest-stop-lamp-9", "password2": "rest-stop-lamp-9"}
    assert client.post(reverse("admin:auth_user_password_change", args=[owner.pk]), passwords).status_code == 403
    everything = {"is_active": "on", "is_staff": "on", "is_superuser": "on", "email": "clerk@example.com"}
    client.post(path, everything)
    assert User.objects.filter(pk=owner.pk).values().get() == before
    client.post(reverse("admin:accounts_user_change", args=[clerk.pk]), everything)
    assert not User.objects.get(pk=clerk.pk).is_superuser
    assert client.get("/admin/account/emailaddress/").status_code == 404


def test_user_deleted_by_an_admin_takes_the_diary_along(admin_client: Client, owner: User) -> None:
    make_entry(owner)
    url = reverse("admin:accounts_user_delete", args=[owner.pk])
    assert "할머니" not in admin_client.get(url).text
    admin_client.post(url, {"post": "yes"})
    assert not User.objects.filter(pk=owner.pk).exists()
    assert not Entry.objects.exists()
