"""The pages of entries after something else has happened: a session ended, another device was quicker."""

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from diary import services
from diary.models import Entry
from tests.factories import HAPPY, SAD

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
HTMX = {"hx-request": "true", "hx-current-url": "http://testserver/entries/here/"}


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY, tags=["가족"])[0]


def test_delete_of_what_has_changed_meanwhile_asks_again(owner_client: Client, entry: Entry) -> None:
    url = reverse("diary:entry-delete", args=[entry.pk])
    services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=entry.revision)
    response = owner_client.post(url, {"revision": str(entry.revision)})
    assert response.status_code == 409
    assert HAPPY in response.text
    assert owner_client.post(url, {"revision": str(entry.revision + 1)}).status_code == 302
    assert not Entry.objects.exists()


def test_save_after_the_session_has_ended_leads_back_to_the_write_page(client: Client) -> None:
    response = client.post(reverse("diary:entry-list"), {"text": SAD})
    assert response.url == f"{reverse('account_login')}?next=/"


@pytest.mark.parametrize("page", ["entry-recommendations", "entry-recommend-again"])
def test_part_of_a_page_after_the_session_has_ended_leads_the_whole_page_to_the_log_in(
    client: Client, entry: Entry, page: str
) -> None:
    url = reverse(f"diary:{page}", args=[entry.pk])
    response = client.post(url, headers=HTMX) if page.endswith("again") else client.get(url, headers=HTMX)
    assert response["HX-Redirect"] == f"{reverse('account_login')}?next=%2Fentries%2Fhere%2F"


@pytest.mark.parametrize("query", ["#가족", "가족"])
def test_search_for_a_tag_leads_to_its_entries(owner_client: Client, entry: Entry, query: str) -> None:
    assert "‘#가족’ 태그가 붙은 일기 보기" in owner_client.get(reverse("diary:entry-list"), {"q": query}).text
