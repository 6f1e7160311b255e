"""The pages of entries after something else has happened: a session ended, another device was quicker."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from catalog.models import Movie
from diary import selectors, services
from diary.entry_pages import Neighbours, neighbours_of
from diary.models import Entry, Recommendation
from tests.factories import HAPPY, SAD, make_entry, make_read_entry

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


def test_neighbours_are_those_beside_it_in_the_list(owner: User, outsider: User) -> None:
    day, earlier = date(2026, 3, 3), timezone.now() - timedelta(hours=1)
    for written_on in (date(2026, 1, 1), day, day, day, date(2026, 12, 1)):
        make_entry(owner, written_on=written_on)
        make_entry(outsider, written_on=written_on)
    same_moment = list(Entry.objects.of(owner).filter(written_on=day)[:2])
    Entry.objects.filter(pk__in=[entry.pk for entry in same_moment]).update(created_at=earlier)
    entries = [None, *selectors.list_entries(user=owner), None]
    for newer, entry, older in zip(entries, entries[1:], entries[2:], strict=False):
        assert entry is not None
        assert neighbours_of(user=owner, entry=entry) == Neighbours(newer, older)


def test_page_leads_to_the_entries_before_and_after(owner_client: Client, owner: User, outsider: User) -> None:
    first, second, third = (make_entry(owner, written_on=date(2025, 11, day)) for day in (1, 2, 3))
    make_entry(outsider, written_on=date(2025, 11, 4))
    address = reverse("diary:entry-detail", args=[second.pk])
    page = owner_client.get(address).text
    assert f'rel="prev" href="/entries/{first.pk}/"' in page
    assert f'rel="next" href="/entries/{third.pk}/"' in page
    assert "2025년 11월 3일 월요일</span>" in page
    assert "Newer entry" in owner_client.get(address, headers={"accept-language": "en"}).text
    assert 'rel="next"' not in owner_client.get(reverse("diary:entry-detail", args=[third.pk])).text
    assert 'rel="next"' not in owner_client.get(address, headers={"hx-request": "true"}).text


def test_entries_of_one_day_are_told_apart_by_the_time(owner_client: Client, owner: User) -> None:
    noon = datetime(2025, 11, 2, 3, 5, tzinfo=UTC)
    for moment in (noon, noon + timedelta(hours=1)):
        make_entry(owner, written_on=date(2025, 11, 2), created_at=moment)
    newer = Entry.objects.newest_first()[0]
    assert "2025년 11월 2일 일요일, 오후 12:05" in owner_client.get(f"/entries/{newer.pk}/").text


def test_page_of_the_only_entry_leads_nowhere_else(owner_client: Client, owner: User) -> None:
    page = owner_client.get(reverse("diary:entry-detail", args=[make_entry(owner).pk])).text
    assert 'class="neighbours"' not in page


def test_search_for_a_tag_leads_to_its_entries(owner_client: Client, entry: Entry) -> None:
    assert "‘#가족’ 태그가 붙은 일기 보기" in owner_client.get(reverse("diary:entry-list"), {"q": "가족"}).text


def test_list_shows_of_a_look_what_is_shown_as_it(owner_client: Client, owner: User) -> None:
    """As the calendar counts: who was unsure read no plain day."""
    plain, unsure, corrected = (
        make_read_entry(owner, emotion="neutral"),
        make_read_entry(owner, emotion="neutral", is_unsure=True),
        make_read_entry(owner, emotion="joy", is_unsure=True, corrected="neutral"),
    )
    pages = {
        look: owner_client.get(reverse("diary:entry-list"), {"emotion": look}).text for look in ("neutral", "unsure")
    }
    found = {look: [str(entry.pk) in page for entry in (plain, unsure, corrected)] for look, page in pages.items()}
    assert found == {"neutral": [True, False, True], "unsure": [False, True, False]}


def test_hash_in_the_search_means_the_tag(owner_client: Client, entry: Entry) -> None:
    page = owner_client.get(reverse("diary:entry-list"), {"q": "#가족"}).text
    assert str(entry.pk) in page
    assert '<option value="가족" selected>' in page
    assert "찾는 일기가 없어요." in owner_client.get(reverse("diary:entry-list"), {"q": "#회사"}).text


@pytest.mark.parametrize("tag", ["가족", "#가족"])
def test_tag_is_found_with_its_mark_and_without(owner_client: Client, entry: Entry, tag: str) -> None:
    assert str(entry.pk) in owner_client.get(reverse("diary:entry-list"), {"tag": tag}).text
    found = owner_client.get("/api/v1/entries/", {"tag": tag}).json()["results"]
    assert [each["id"] for each in found] == [str(entry.pk)]


def test_answer_to_two_feelings_names_both(owner_client: Client, owner: User, catalogue: None) -> None:
    entry = make_read_entry(owner)
    shown = {"entry": entry, "user": owner, "strategy": "match", "score": 2, "source": "reviews"}
    for position, tag in enumerate(("sadness", "anger")):
        film = Movie.objects.filter(title__startswith=tag)[0]
        Recommendation.objects.create(position=position, movie=film, tag=tag, **shown)
    page = owner_client.get(reverse("diary:entry-detail", args=[entry.pk])).text
    chips = page[page.index('id="movies-title"') : page.index('<ul class="items">')]
    assert [name for name in ("기쁨", "슬픔", "분노") if name in chips] == ["슬픔", "분노"]
