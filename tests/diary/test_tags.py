"""Tags: one cleaning for page and API, each person's own, gone with the last entry that carries them."""

import unicodedata
import uuid
from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries
from rest_framework.test import APIClient

from accounts.models import User
from diary import selectors, services
from diary.models import Entry, Tag
from diary.tags import MAX_TAGS, clean_tags, split_tags
from tests.factories import HAPPY, SAD

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)
ENTRIES = "/api/v1/entries/"


def write(user: User, *tags: str, text: str = SAD) -> Entry:
    return services.create_entry(user=user, text=text, written_on=DAY, tags=tags)[0]


@pytest.mark.parametrize(
    ("line", "tags"),
    [
        ("#가족 #산책", ["가족", "산책"]),
        ("가족, 산책,비", ["가족", "산책", "비"]),
        ("#가족#산책", ["가족", "산책"]),
        ("  # , #  ", []),
        ("", []),
    ],
)
def test_split_tags_reads_what_people_type(line: str, tags: list[str]) -> None:
    assert split_tags(line) == tags


def test_clean_tags_composes_joins_and_keeps_each_once() -> None:
    tags = [unicodedata.normalize("NFD", "가족"), "#가족", "여름 휴가", "BTS", "bts", "\u3164", "\x00"]
    assert clean_tags(tags) == ["가족", "여름_휴가", "BTS"]


@pytest.mark.parametrize("tags", [["가" * (Tag.MAX_LENGTH + 1)], [f"태그{n}" for n in range(MAX_TAGS + 1)]])
def test_clean_tags_too_long_or_too_many(tags: list[str]) -> None:
    with pytest.raises(ValidationError):
        clean_tags(tags)


def test_create_entry_takes_a_known_tag_in_its_own_case(owner: User) -> None:
    write(owner, "BTS")
    assert write(owner, "bts", "가족").tag_names == ["BTS", "가족"]
    assert Tag.objects.count() == 2


def test_update_entry_without_tags_keeps_them_and_with_others_forgets_the_unused(owner: User) -> None:
    entry = write(owner, "가족", "비")
    entry = services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=entry.revision)
    assert entry.tag_names == ["가족", "비"]
    entry = services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=entry.revision, tags=["산책"])
    assert entry.tag_names == ["산책"]
    assert [tag.name for tag in Tag.objects.all()] == ["산책"]


def test_delete_entry_leaves_no_tag_of_its_own_behind(owner: User, outsider: User) -> None:
    kept, deleted = write(owner, "가족"), write(owner, "가족", "비")
    write(outsider, "비")
    services.delete_entry(entry=deleted, revision=deleted.revision)
    assert {(tag.user_id, tag.name) for tag in Tag.objects.all()} == {(owner.pk, "가족"), (outsider.pk, "비")}
    assert selectors.get_entry(user=owner, entry_id=kept.pk).tag_names == ["가족"]


def test_list_entries_by_tag_finds_only_ones_own(owner: User, outsider: User) -> None:
    mine = write(owner, "가족")
    write(owner, "비")
    write(outsider, "가족")
    assert list(selectors.list_entries(user=owner, tag="가족")) == [mine]


def test_form_saves_shows_and_changes_tags(owner: User, owner_client: Client) -> None:
    body = {"text": SAD, "written_on": "2026-11-01", "entry_id": str(uuid.uuid4()), "tags": "#가족 #비"}
    page = owner_client.post(reverse("diary:entry-list"), body, follow=True)
    assert "#가족" in page.text
    entry = Entry.objects.get()
    edit = owner_client.get(reverse("diary:entry-edit", args=[entry.pk]))
    assert 'value="#가족 #비"' in edit.text
    assert "#비" in owner_client.get(reverse("diary:entry-list"), {"tag": "비"}).text


def test_form_with_too_many_tags_keeps_the_text(owner_client: Client) -> None:
    body = {"text": SAD, "written_on": "2026-11-01", "tags": " ".join(f"#{n}" for n in range(MAX_TAGS + 1))}
    page = owner_client.post(reverse("diary:entry-list"), body)
    assert page.status_code == 422
    assert SAD in page.text
    assert "10개까지" in page.text


def test_api_writes_reads_filters_and_changes_tags(owner_api: APIClient) -> None:
    body = {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01", "tags": ["가족", "#비"]}
    first = owner_api.post(ENTRIES, body, format="json")
    again = owner_api.post(ENTRIES, body, format="json")
    other = owner_api.post(ENTRIES, body | {"tags": ["가족"]}, format="json")
    assert (first.status_code, again.status_code, other.status_code) == (201, 200, 409)
    assert first.json()["tags"] == ["가족", "비"]
    assert len(owner_api.get(ENTRIES, {"tag": "비"}).json()["results"]) == 1
    assert owner_api.get(ENTRIES, {"tag": "산책"}).json()["results"] == []
    changed = owner_api.patch(f"{ENTRIES}{body['id']}/", {"tags": []}, format="json", headers={"if-match": '"1"'})
    assert changed.json()["tags"] == []


@pytest.mark.parametrize("tags", ["가족", ["가" * 31], [1.5, []], {"0": "가족"}, None])
def test_api_bad_tags_point_at_the_field(owner_api: APIClient, tags: object) -> None:
    body = {"text": SAD, "written_on": "2026-11-01", "tags": tags}
    response = owner_api.post(ENTRIES, body, format="json")
    assert response.status_code == 400
    assert response.json()["errors"][0]["pointer"].startswith("/tags")


def test_list_costs_the_same_queries_with_tags(
    owner: User, owner_client: Client, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(12):
        write(owner, "가족", f"태그{number}")
    owner_client.get("/help/")  # notes that the session is in use: once in a quarter of an hour
    with django_assert_max_num_queries(7):
        owner_client.get(reverse("diary:entry-list"))


def test_most_used_tags_are_ones_own(owner: User, outsider: User) -> None:
    for user, tags in ((owner, ["비", "가족"]), (owner, ["산책", "가족"]), (outsider, ["비", "남"])):
        services.create_entry(user=user, text=SAD, written_on=DAY, tags=tags)
    tags = selectors.most_used_tags(user=owner, limit=2)
    assert [(tag.name, tag.count) for tag in tags] == [("가족", 2), ("비", 1)]


def test_write_page_offers_the_eight_most_used_tags(owner: User, owner_client: Client) -> None:
    for tags in ([f"태그{number}" for number in range(9)], ["태그8"]):
        services.create_entry(user=owner, text=SAD, written_on=DAY, tags=tags)
    page = owner_client.get("/").text
    assert page.count('class="tag-pick"') == 8
    assert page.index('data-tag="태그8"') < page.index('data-tag="태그0"')
    assert 'data-tag="태그7"' not in page
