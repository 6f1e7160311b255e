"""Diaries in the admin: counted, never read."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import SAD, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))[0]


@pytest.fixture
def admin_client(db: None) -> Client:
    client = Client()
    client.force_login(make_user("admin@example.com", is_staff=True, is_superuser=True))
    return client


def test_entries_appear_without_their_text(admin_client: Client, entry: Entry) -> None:
    for url in (
        reverse("admin:diary_entry_changelist"),
        reverse("admin:diary_entry_change", args=[entry.pk]),
        reverse("admin:diary_entry_history", args=[entry.pk]),
    ):
        response = admin_client.get(url)
        assert response.status_code == 200
        assert str(entry.pk) in response.text
        assert "할머니" not in response.text
        assert "sadness" not in response.text


def test_entries_can_be_neither_changed_nor_deleted_nor_searched(admin_client: Client, entry: Entry) -> None:
    change = reverse("admin:diary_entry_change", args=[entry.pk])
    assert admin_client.post(change, {"text": "바뀐 글"}).status_code == 403
    assert admin_client.post(reverse("admin:diary_entry_delete", args=[entry.pk])).status_code == 403
    assert admin_client.get(reverse("admin:diary_entry_add")).status_code == 403
    found = admin_client.get(reverse("admin:diary_entry_changelist"), {"text__startswith": "오늘"})
    assert found.status_code in {302, 400}  # the admin refuses lookups that it was not given
    entry.refresh_from_db()
    assert entry.text == SAD


def test_analyses_and_recommendations_have_no_page(admin_client: Client) -> None:
    assert "/admin/diary/analysis/" not in admin_client.get(reverse("admin:index")).text
    assert admin_client.get("/admin/diary/analysis/").status_code == 404
    assert admin_client.get("/admin/diary/recommendation/").status_code == 404
