"""What can't be opened: said in words, told to the log without a word of it, and no obstacle to the rest."""

import csv
import io
import logging
import os
import uuid
import zipfile
from datetime import date
from io import BytesIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.core.management.base import SystemCheckError
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from pytest_django import Settings
from rest_framework.test import APIClient

from accounts.encryption.data_keys import forget_keys, open_key
from accounts.encryption.master_keys import newest_master_key
from accounts.models import DataKey, User
from diary import analysis, selectors, services
from diary.fields import Sealed
from diary.models import Correction, Entry, Tag
from diary.portability import reading
from diary.portability.export import stream_export
from tests.diary.portability.files import own_entry, own_json
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"
DAY = date(2026, 11, 1)
LOCKED = "지금 열 수 없어요"
FORM = {"text": HAPPY, "written_on": "2026-11-01", "tags": "#비"}


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    return services.create_entry(user=owner, text=SAD, written_on=DAY, tags=["가족"])[0]


@pytest.fixture
def damaged(entry: Entry, owner: User) -> Entry:
    """An entry of the same person that does not open."""
    damaged = services.create_entry(user=owner, text=HAPPY, written_on=DAY, tags=["가족"])[0]
    Entry.objects.filter(pk=damaged.pk).update(text=Sealed(b"\x01" + bytes(60)))
    return damaged


@pytest.fixture
def lost_key(entry: Entry, settings: Settings) -> str:
    """The id of the master key that everything was written under, and that the site has no more."""
    name = newest_master_key().id
    settings.ENCRYPTION_KEYS = (os.urandom(32),)
    forget_keys()
    return name


def test_list_with_a_damaged_entry_shows_the_others(owner_client: Client, damaged: Entry) -> None:
    for path in (reverse("diary:entry-list"), "/", reverse("diary:entry-list") + "?tag=가족"):
        page = owner_client.get(path)
        assert page.status_code == 200
        assert LOCKED in page.text
        assert "장례식" in page.text


def test_page_of_a_damaged_entry_says_so_and_the_log_names_it_without_text(
    owner_client: Client, damaged: Entry, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("entry-detail", "entry-edit"):
        page = owner_client.get(reverse(f"diary:{name}", args=[damaged.pk]))
        assert page.status_code == 503
        assert "지우지 않고 그대로 보관" in page.text
        assert "no-store" in page["Cache-Control"]
        assert page["X-Site-Answer"]
    told = [record.getMessage() for record in caplog.records if record.levelno == logging.ERROR]
    assert any(str(damaged.pk) in line and "data key 0" in line for line in told)
    assert not any("합격" in line for line in told)


def test_damaged_entry_can_be_deleted(owner_client: Client, damaged: Entry) -> None:
    page = reverse("diary:entry-delete", args=[damaged.pk])
    assert LOCKED in owner_client.get(page).text
    owner_client.post(page)
    assert [entry.text for entry in Entry.objects.all()] == [SAD]


def test_damaged_entry_is_not_found_and_does_not_stop_the_search(owner: User, damaged: Entry) -> None:
    found = selectors.find_entries(selectors.list_entries(user=owner), "눈물", owner)
    assert [entry.text for entry in found] == [SAD]


def test_damaged_tag_is_left_out_of_the_lists(owner: User, owner_client: Client, entry: Entry) -> None:
    services.create_entry(user=owner, text=HAPPY, written_on=DAY, tags=["비"])
    Tag.objects.filter(digest=Tag.digest_of("가족", owner.pk)).update(name=Sealed(bytes(60)))
    assert [tag.name for tag in selectors.list_tags(user=owner)] == ["비"]
    page = owner_client.get(reverse("diary:entry-list"))
    assert page.status_code == 200
    assert LOCKED in page.text
    assert "합격" in page.text
    trends = owner_client.get(reverse("diary:trends"), {"from": "2026-11-01", "to": "2026-11-02"})
    assert trends.status_code == 200


def test_api_answers_503_for_a_damaged_entry(owner_api: APIClient, damaged: Entry) -> None:
    for path in (ENTRIES, f"{ENTRIES}{damaged.pk}/"):
        answer = owner_api.get(path)
        assert answer.status_code == 503
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json()["type"] == "urn:moduhyu:locked"
    assert owner_api.get(f"{ENTRIES}?q=눈물").json()["results"][0]["text"] == SAD


def test_damaged_entry_is_marked_as_failed_and_the_others_are_read(owner: User) -> None:
    entries = [make_entry(owner, SAD), make_entry(owner, HAPPY)]
    Entry.objects.filter(pk=entries[0].pk).update(text=Sealed(bytes(60)))
    progress = reading.read_some(owner)
    assert (progress.unread, progress.is_stuck) == (1, False)
    assert set(Entry.objects.values_list("pk", "status")) == {
        (entries[0].pk, Entry.Status.FAILED),
        (entries[1].pk, Entry.Status.ANALYZED),
    }
    assert reading.read_some(owner).is_stuck
    assert not analysis.analyze_entry(str(entries[0].pk), 1)
    out = io.StringIO()
    call_command("analyze_entries", "--all", stdout=out, stderr=io.StringIO())
    assert out.getvalue().startswith("0 of 1 entries")


def test_export_names_what_it_leaves_out(owner: User, damaged: Entry) -> None:
    archive = zipfile.ZipFile(BytesIO(b"".join(stream_export(owner))))
    told = archive.read("left_out.txt").decode()
    assert str(damaged.pk) in told
    assert "2026-11-01" in told
    rows = list(csv.DictReader(archive.read("entries.csv").decode("utf-8-sig").splitlines()))
    assert [row["text"] for row in rows] == [SAD]


def test_export_of_a_diary_that_opens_leaves_nothing_out(owner: User, entry: Entry) -> None:
    archive = zipfile.ZipFile(BytesIO(b"".join(stream_export(owner))))
    assert "left_out.txt" not in archive.namelist()


def test_import_goes_past_a_damaged_entry(owner: User, owner_api: APIClient, damaged: Entry) -> None:
    answer = owner_api.post(
        "/api/v1/import/", own_json(own_entry("새 글")), content_type="application/json", headers={"accept": "*/*"}
    )
    assert (answer.status_code, answer.json()["new"]) == (200, 1)


def test_missing_master_key_every_page_of_texts_says_so(
    owner_client: Client, entry: Entry, lost_key: str, caplog: pytest.LogCaptureFixture
) -> None:
    entry_pages = [reverse(f"diary:{name}", args=[entry.pk]) for name in ("entry-detail", "entry-edit")]
    for path in ("/", reverse("diary:entry-list"), reverse("diary:entry-list") + "?q=눈물", *entry_pages):
        page = owner_client.get(path)
        assert page.status_code == 503, path
        assert "지금은 열 수 없어요" in page.text
    assert lost_key in caplog.text
    assert "장례식" not in caplog.text


def test_missing_master_key_pages_without_texts_still_open(owner_client: Client, lost_key: str) -> None:
    for path in (reverse("diary:calendar"), reverse("diary:help"), reverse("diary:export")):
        assert owner_client.get(path).status_code == 200


def test_missing_master_key_refuses_every_write_whole(
    owner: User, owner_client: Client, owner_api: APIClient, entry: Entry, lost_key: str
) -> None:
    before = list(Entry.objects.values()), list(Tag.objects.values()), list(DataKey.objects.values())
    body = {"text": HAPPY, "written_on": "2026-11-01", "tags": ["비"], "id": str(uuid.uuid4())}
    forms = [
        (reverse("diary:entry-list"), FORM),
        (reverse("diary:entry-edit", args=[entry.pk]), FORM | {"revision": 1}),
    ]
    for path, form in forms:
        page = owner_client.post(path, form)
        assert page.status_code == 503
        assert "settled_draft" not in page.cookies  # the browser keeps the draft
    answers = [
        owner_api.post(ENTRIES, body, format="json"),
        owner_api.patch(f"{ENTRIES}{entry.pk}/", {"tags": ["비"]}, format="json", headers={"if-match": '"1"'}),
        owner_api.post("/api/v1/import/", own_json(own_entry()), content_type="application/json"),
        owner_api.get("/api/v1/export/"),
    ]
    for answer in answers:
        assert answer.status_code == 503
        assert answer["Content-Type"] == "application/problem+json"
    assert before == (list(Entry.objects.values()), list(Tag.objects.values()), list(DataKey.objects.values()))


def test_missing_master_key_of_one_is_no_obstacle_to_others(outsider_client: Client, lost_key: str) -> None:
    outsider_client.post(reverse("diary:entry-list"), FORM)
    assert "합격" in outsider_client.get(reverse("diary:entry-list")).text


def test_master_key_put_back_opens_everything_again(owner_client: Client, entry: Entry, settings: Settings) -> None:
    old = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = (os.urandom(32),)
    forget_keys()
    assert owner_client.get(reverse("diary:entry-detail", args=[entry.pk])).status_code == 503
    settings.ENCRYPTION_KEYS = (*settings.ENCRYPTION_KEYS, *old)
    assert "장례식" in owner_client.get(reverse("diary:entry-detail", args=[entry.pk])).text


def test_check_names_the_missing_key_and_prepare_does_not_start(lost_key: str) -> None:
    with pytest.raises(SystemCheckError, match=lost_key):
        call_command("check", databases=["default"])
    with pytest.raises(CommandError, match=f"{lost_key} is missing: what 1 people wrote"):
        call_command("prepare")


def test_check_without_a_database_or_missing_keys_says_nothing(entry: Entry) -> None:
    call_command("check", databases=["default"])
    call_command("check")


def test_export_corrections_names_what_does_not_open(damaged: Entry, owner: User, tmp_path: Path) -> None:
    owner.shares_corrections = True
    owner.save()
    Correction.objects.create(entry=damaged, label="joy")
    with pytest.raises(CommandError, match=str(damaged.pk)):
        call_command("export_corrections", output=tmp_path / "out.csv", stderr=io.StringIO())
    assert list(tmp_path.iterdir()) == []


def test_save_in_a_warm_process_asks_for_no_key(owner: User, entry: Entry) -> None:
    open_key(owner.pk)
    with CaptureQueriesContext(connection) as queries:
        services.create_entry(user=owner, text=HAPPY, written_on=DAY, tags=["비"])
    assert len(queries) > 3
    assert not any("accounts_datakey" in query["sql"] for query in queries)
