"""ETags: what was read already is not sent again, and a change names the revision that it was made on."""

from collections.abc import Iterator
from datetime import date

import pytest
from django.test import Client
from rest_framework.test import APIClient

from accounts.models import User
from diary import analysis, services
from diary.api.etags import revisions_in
from diary.feedback import give_feedback
from diary.models import Entry
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
READS = ["", "?updated_since=1970-01-01T00:00:00Z", "../calendar/", "../trends/", "../tags/", "../settings/"]


def url_of(entry: Entry) -> str:
    return f"{ENTRIES}{entry.pk}/"


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY, tags=["가족"])[0]


@pytest.fixture
def paths(entry: Entry) -> list[str]:
    """Every read of the API beside the export."""
    own = [url_of(entry), f"{url_of(entry)}recommendations/?strategy=shift"]
    return own + [f"{ENTRIES}{path}".replace("entries/../", "") for path in READS]


def test_read_again_answers_304_without_a_body(owner_api: APIClient, paths: list[str]) -> None:
    for path in paths:
        first = owner_api.get(path)
        assert first.status_code == 200, path
        again = owner_api.get(path, headers={"If-None-Match": f'"other", {first["ETag"]}'})
        assert (again.status_code, again.content) == (304, b""), path
        assert (again["ETag"], again["Cache-Control"]) == (first["ETag"], first["Cache-Control"])
        weak = owner_api.get(path, headers={"If-None-Match": f"W/{first['ETag']}"})
        assert weak.status_code == 304
        assert owner_api.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_head_gives_the_tag_of_the_read(owner_api: APIClient, paths: list[str]) -> None:
    for path in paths:
        tag = owner_api.get(path)["ETag"]
        head = owner_api.head(path)
        assert (head.status_code, head["ETag"], head.content) == (200, tag, b""), path
        assert owner_api.head(path, headers={"If-None-Match": tag}).status_code == 304


def test_answers_vary_by_who_asks_and_in_which_language(owner_api: APIClient, paths: list[str]) -> None:
    for path in paths:
        varies = {name.strip() for name in owner_api.get(path)["Vary"].split(",")}
        assert {"Accept", "Accept-Language", "Cookie", "X-Session-Token"} <= varies, path


def test_tag_follows_whatever_the_entry_says(owner_api: APIClient, owner: User, catalogue: None) -> None:
    entry = make_entry(owner)

    def steps() -> Iterator[object]:
        yield analysis.analyze_entry(str(entry.pk), 1)
        shown = entry.recommendations.first()
        assert shown is not None
        yield give_feedback(user=owner, recommendation_id=shown.pk, opinion="like")
        yield services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=1)

    tags = [owner_api.get(url_of(entry))["ETag"]]
    tags += [owner_api.get(url_of(entry))["ETag"] for _ in steps()]
    assert len(set(tags)) == 4
    assert [tag.partition("-")[0] for tag in tags] == ['"1', '"1', '"1', '"2']


def test_tag_of_a_change_is_that_of_the_next_read(owner_api: APIClient, entry: Entry) -> None:
    changed = owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers={"If-Match": '"1"'})
    assert owner_api.get(url_of(entry))["ETag"] == changed["ETag"]
    created = owner_api.post(ENTRIES, {"text": SAD, "written_on": "2026-11-01"}, format="json")
    assert owner_api.get(f"{ENTRIES}{created.json()['id']}/")["ETag"] == created["ETag"]
    corrected = owner_api.put(f"{url_of(entry)}correction/", {"label": "anger"}, format="json")
    assert owner_api.get(url_of(entry), headers={"If-None-Match": corrected["ETag"]}).status_code == 304


def test_tags_of_two_languages_differ(owner: User, entry: Entry) -> None:
    client = Client()
    client.force_login(owner)
    korean, english = (client.get(url_of(entry), headers={"Accept-Language": code})["ETag"] for code in ("ko", "en"))
    assert korean != english


@pytest.mark.parametrize("tag", ['"1"', 'W/"1"', '"1-0"', '"7", "1-abc" , "x"', "*", "read", "weak"])
def test_change_takes_any_tag_of_the_revision(owner_api: APIClient, entry: Entry, tag: str) -> None:
    read = owner_api.get(url_of(entry))["ETag"]
    tag = {"read": read, "weak": f"W/{read}"}.get(tag, tag)
    shown = entry.recommendations.first()
    assert shown is not None
    give_feedback(user=entry.user, recommendation_id=shown.pk, is_seen=True)  # another tag, the same revision
    response = owner_api.patch(url_of(entry), {"text": HAPPY}, format="json", headers={"If-Match": tag})
    assert response.status_code == 200


@pytest.mark.parametrize("tag", ['"2"', '"11"', '"2-1"', '"x-1"', '"2", "3"'])
def test_change_refuses_any_other_tag(owner_api: APIClient, entry: Entry, tag: str) -> None:
    response = owner_api.delete(url_of(entry), headers={"If-Match": tag.encode().decode("latin-1")})
    assert response.status_code == 412
    assert response.json()["current"]["revision"] == 1


def test_refused_change_is_not_tagged(owner_api: APIClient, entry: Entry) -> None:
    for response in (
        owner_api.patch(url_of(entry), {"text": ""}, format="json", headers={"If-Match": "*"}),
        owner_api.get(f"{ENTRIES}?nope=1"),
    ):
        assert response.status_code == 400
        assert "ETag" not in response


def test_export_is_streamed_untagged(owner_api: APIClient, entry: Entry) -> None:
    response = owner_api.get("/api/v1/export/")
    assert (response.status_code, response.streaming, "ETag" in response) == (200, True, False)


def test_pages_are_not_tagged(client: Client) -> None:
    assert "ETag" not in client.get("/help/")


def test_revisions_in() -> None:
    assert revisions_in("*") is None
    assert revisions_in('"3-0f", W/"4", "5"x, 6, "7-G", ""') == {3, 4}
