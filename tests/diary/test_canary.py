"""What a person wrote lies nowhere but sealed: not in a column, not in the bytes of file or dump, not beside them."""

import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import Settings

from accounts.encryption.data_keys import forget_keys
from accounts.models import DataKey, User
from catalog.models import Movie
from diary import services
from diary.models import Entry, Tag
from diary.portability import exports
from diary.portability.account import delete_everything
from diary.portability.export import stream_export
from ml.labels import Emotion, Strategy
from tests.diary.canary import CANARY, TAG, WORDS, every_value, found_in, raw_database
from tests.diary.portability.files import own_entry, own_json

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)


@pytest.fixture
def lived(owner: User, owner_client: Client, catalogue: None, settings: Settings, tmp_path: Path) -> User:
    """Somebody who did with their canary all that can be done with an entry."""
    settings.VAR_DIR = tmp_path / "var"
    settings.VAR_DIR.mkdir()
    entry, _ = services.create_entry(user=owner, text=CANARY, written_on=DAY, tags=[TAG, "가족"])
    entry = services.update_entry(entry=entry, text=f"{CANARY} 하나 더", written_on=DAY, revision=entry.revision)
    services.correct_emotion(entry=entry, emotion=Emotion.JOY)
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    form = {"text": CANARY, "written_on": "2026-11-01", "tags": f"#{TAG}"}
    owner_client.post(reverse("diary:entry-list"), form)
    owner_client.post(reverse("diary:entry-list"), form | {"tags": f"#{TAG * 10}"})  # refused: too long
    owner_client.get(reverse("diary:entry-list"), {"q": WORDS[0], "tag": TAG})
    for content in (own_json(own_entry(CANARY * 2, tags=[TAG])), own_json(own_entry(CANARY, written_on="없는 날"))):
        upload = tmp_path / "canary.json"
        upload.write_bytes(content)
        with upload.open("rb") as file:
            owner_client.post(reverse("diary:import"), {"file": file})
        owner_client.get(reverse("diary:import-preview"))
        owner_client.post(reverse("diary:import-preview"))
    assert b"".join(stream_export(owner))
    exports.begin_export(owner)
    deleted, _ = services.create_entry(user=owner, text=CANARY, written_on=DAY, tags=["종달새"])
    services.delete_entry(entry=deleted, revision=deleted.revision)
    return owner


def test_nothing_written_lies_in_the_database_in_plain(lived: User) -> None:
    entries = list(Entry.objects.of(lived))
    assert len(entries) == 3
    assert all(CANARY in entry.text for entry in entries)
    assert TAG in {tag.name for tag in Tag.objects.all()}
    assert found_in(every_value()) == []
    assert found_in(raw_database()) == []


def test_nothing_written_lies_on_the_disk_in_plain(lived: User, settings: Settings) -> None:
    """Beside the database's own files: what keeps an export, and what an upload leaves."""
    folder = Path(settings.VAR_DIR)
    paths = [path for path in folder.rglob("*") if path.is_file() and "sqlite3" not in path.name]
    assert any(path.parent.name == "exports" for path in paths)
    assert {path.name: found_in(path.read_bytes()) for path in paths} == {path.name: [] for path in paths}
    with exports.open_export(exports.list_exports(lived)[0]) as file:
        assert found_in(zipfile.ZipFile(file).read("moduhyu.json")) == list(WORDS)


def test_plain_text_in_a_column_of_text_or_bytes_would_be_found(owner: User) -> None:
    assert found_in(every_value()) == found_in(raw_database()) == []
    Movie.objects.create(external_id="canary", title=CANARY, year=2026)
    assert found_in(every_value()) == found_in(raw_database()) == list(WORDS)
    Movie.objects.all().delete()
    DataKey.objects.create(user=owner, wrapped=CANARY.encode(), master_key_id="")
    assert found_in(every_value()) == found_in(raw_database()) == list(WORDS)


def test_deleted_account_takes_the_key_and_every_sealed_text_along(lived: User) -> None:
    sealed = [bytes(text) for text in Entry.objects.values_list("text", flat=True)]
    delete_everything(lived)
    assert not DataKey.objects.exists()
    assert not any(text in every_value() for text in sealed)
    forget_keys()
