"""The export: everything of one person, nothing of another, exact in JSON and harmless in a table."""

import csv
import io
import json
import secrets
import uuid
import zipfile
from datetime import date
from pathlib import Path

import pytest
from django.db import connection
from django.test import Client

from accounts.models import User
from diary import services
from diary.feedback import give_feedback
from diary.models import Entry, Feedback
from diary.portability.export import stream_export
from ml.labels import Emotion
from tests.diary.portability.files import export_zip, exported
from tests.factories import HAPPY, SAD, make_entry

pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)


def unzipped(user: User) -> zipfile.ZipFile:
    return zipfile.ZipFile(io.BytesIO(export_zip(user)))


def csv_rows(user: User) -> list[dict[str, str]]:
    content = unzipped(user).read("entries.csv").decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(content, newline="")))


def many_entries(owner: User) -> None:
    """A thousand texts that hardly pack."""
    Entry.objects.bulk_create(Entry(user=owner, text=secrets.token_hex(500), written_on=DAY) for _ in range(1_000))


@pytest.fixture
def entry(owner: User, catalogue: None) -> Entry:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY, tags=["가족", "비"])
    return services.correct_emotion(entry=entry, emotion=Emotion.ANXIETY)


def test_json_holds_everything_of_an_entry(owner: User, entry: Entry) -> None:
    shown = entry.recommendations.all()[0]
    give_feedback(user=owner, recommendation_id=shown.pk, opinion=Feedback.Opinion.LIKE)
    document = exported(owner)
    assert (document["format"], document["version"]) == ("moduhyu", 1)
    assert document["settings"] == {"shares_corrections": False}
    [told] = document["entries"]
    assert (told["id"], told["text"], told["written_on"]) == (str(entry.pk), SAD, "2026-11-01")
    assert told["tags"] == ["가족", "비"]
    assert told["status"] == "analyzed"
    assert told["analysis"]["label"] == "sadness"
    assert set(told["analysis"]["scores"]) == set(Emotion)
    assert told["analysis"]["sentences"]
    assert told["correction"]["label"] == "anxiety"
    assert len(told["recommendations"]) == entry.recommendations.model.objects.count()
    assert {r["is_current"] for r in told["recommendations"]} == {True, False}
    movie = next(r["movie"] for r in told["recommendations"] if "movie" in r)
    assert movie["imdb_id"].startswith("tt")
    assert movie["title_ko"]
    assert [said["opinion"] for said in document["feedback"]] == ["like"]


def test_json_has_a_line_for_each_entry(owner: User) -> None:
    for number in range(3):
        make_entry(owner, f"{number}번째\n줄바꿈")
    lines = unzipped(owner).read("moduhyu.json").decode().splitlines()
    assert sum("번째" in line for line in lines) == 3


def test_an_edited_unread_entry_is_not_told_as_read(owner: User, entry: Entry) -> None:
    Entry.objects.filter(pk=entry.pk).update(status=Entry.Status.FAILED)
    [told] = exported(owner)["entries"]
    assert (told["status"], told["analysis"]["label"]) == ("pending", "sadness")


def test_markdown_has_front_matter_and_the_text(owner: User, entry: Entry) -> None:
    archive = unzipped(owner)
    [name] = [n for n in archive.namelist() if n.endswith(".md")]
    assert name == f"entries/2026-11-01-{entry.pk.hex[:8]}.md"
    _, matter, text = archive.read(name).decode().split("---\n", 2)
    assert 'date: "2026-11-01"' in matter
    assert 'emotion: "anxiety"' in matter
    assert 'tags: ["가족", "비"]' in matter
    assert text.strip() == SAD


def test_markdown_of_one_day_with_ids_that_begin_alike_gets_different_names(owner: User) -> None:
    ids = [uuid.UUID(f"12345678-0000-4000-8000-00000000000{n}") for n in range(3)]
    for pk in ids:
        make_entry(owner, pk=pk)
    names = [n for n in unzipped(owner).namelist() if n.endswith(".md")]
    assert len(set(names)) == 3


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "＝", "＠"])
def test_csv_disarms_formulas_and_json_does_not(owner: User, start: str) -> None:
    text = f'{start}HYPERLINK("http://x")'
    make_entry(owner, text)
    assert csv_rows(owner)[0]["text"] == f"'{text}"
    assert exported(owner)["entries"][0]["text"] == text


@pytest.mark.parametrize("text", ["\tcmd", "안녕 = 1", '쉼표, "따옴표"\n줄'])
def test_csv_keeps_other_texts_in_one_cell(owner: User, text: str) -> None:
    make_entry(owner, text)
    [row] = csv_rows(owner)
    assert row["text"].removeprefix("'") == text
    assert row["text"].startswith("'") == text.startswith("\t")


def test_csv_begins_with_the_mark_that_excel_needs(owner: User) -> None:
    assert unzipped(owner).read("entries.csv").startswith(b"\xef\xbb\xbfid,written_on,")


def test_export_holds_nothing_of_another_person(owner: User, outsider: User) -> None:
    make_entry(owner, "내 일기")
    make_entry(outsider, "남의 일기")
    archive = unzipped(owner)
    assert all("남의" not in archive.read(name).decode() for name in archive.namelist())


def test_export_of_nothing_is_a_whole_zip(owner: User) -> None:
    archive = unzipped(owner)
    assert archive.testzip() is None
    assert set(archive.namelist()) == {"moduhyu.json", "entries.csv"}
    assert json.loads(archive.read("moduhyu.json"))["entries"] == []


def test_export_is_sent_in_pieces(owner: User) -> None:
    many_entries(owner)
    pieces = list(stream_export(owner))
    assert len(pieces) > 10
    assert max(map(len, pieces)) < 1_000_000
    assert zipfile.ZipFile(io.BytesIO(b"".join(pieces))).testzip() is None


def test_number_of_queries_does_not_grow_with_recommendations(owner: User, entry: Entry) -> None:
    def count() -> int:
        connection.queries_log.clear()
        export_zip(owner)
        return len(connection.queries_log)

    connection.force_debug_cursor = True
    try:
        few = count()
        for number in range(5):
            services.create_entry(user=owner, text=f"{HAPPY} {number}", written_on=DAY, tags=["가족"])
        assert count() == few
    finally:
        connection.force_debug_cursor = False


def test_an_export_that_breaks_off_leaves_the_connection_usable(owner: User) -> None:
    many_entries(owner)
    stream = stream_export(owner)
    next(stream)
    stream.close()
    make_entry(owner, "그 뒤에 쓴 일기")
    assert Entry.objects.filter(user=owner).count() == 1_001


def test_export_page_streams_the_zip_to_its_owner(owner_client: Client, owner: User, tmp_path: Path) -> None:
    make_entry(owner, "내 일기")
    assert "1편" in owner_client.get("/export/").text
    response = owner_client.post("/export/")
    assert response.streaming
    assert response["Content-Type"] == "application/zip"
    assert "attachment" in response["Content-Disposition"]
    assert "no-store" in response["Cache-Control"]
    assert b"".join(response.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize("method", ["get", "post"])
def test_export_page_of_nobody_leads_to_the_login(client: Client, method: str, db: None) -> None:
    response = getattr(client, method)("/export/")
    assert response.status_code == 302
    assert "login" in response.url
