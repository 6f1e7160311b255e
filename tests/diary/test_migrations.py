"""Steps of the database that say something of what people have in it."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor

from accounts.models import User
from diary import changes, selectors, services
from diary.migrations import _seal
from diary.models import Entry, Recommendation, Tag
from ml.labels import Strategy
from tests.factories import SAD, make_user
from tests.services.database import sqlite_file

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def newest_again() -> Iterator[None]:
    """Whatever happens, the other tests find the database as it was."""
    yield
    call_command("migrate", verbosity=0)


def test_feedback_step_back_leaves_what_is_shown(owner: User, catalogue: None, newest_again: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 11, 1))
    services.recommend_again(entry=entry, strategy=Strategy.MATCH)
    shown = set(Recommendation.objects.current().values_list("pk", flat=True))
    assert Recommendation.objects.count() == len(shown) + 6

    call_command("migrate", "diary", "0002_corrections", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM diary_recommendation")
        assert {pk for (pk,) in cursor.fetchall()} == shown

    call_command("migrate", verbosity=0)
    assert set(Recommendation.objects.current().values_list("pk", flat=True)) == shown


BEFORE_SEALING = "0005_reminders"
PLAIN = [
    ("", date(2026, 1, 1)),
    ("오늘은 비가 왔다. ☔👨‍👩‍👧‍👦", date(2026, 1, 2)),
    ("긴 글. " * 20_000, date(2026, 1, 3)),
    ("줄\n바꿈\t'따옴표' \"둘\" %s {} \\x00", date(2026, 1, 4)),
]


def rows_of(table: str, *columns: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(columns)} FROM {table}")  # noqa: S608 - names of this file
        return cursor.fetchall()


def old_models() -> tuple[Any, Any]:
    """Entry and Tag as they were before."""
    apps = MigrationExecutor(connection).loader.project_state([("diary", BEFORE_SEALING)]).apps
    return apps.get_model("diary", "Entry"), apps.get_model("diary", "Tag")


def write_in_plain(user: User) -> dict[str, str]:
    """Entries, with tags, as they were before texts were sealed. Returns texts by id."""
    OldEntry, OldTag = old_models()
    texts = {}
    for text, day in PLAIN:
        entry = OldEntry.objects.create(user_id=user.pk, text=text, written_on=day)
        entry.tags.set(
            OldTag.objects.get_or_create(user_id=user.pk, name=name)[0] for name in ("가족", f"{day.day}일", "☔")
        )
        texts[str(entry.pk)] = text
    return texts


def test_sealing_forth_and_back_keeps_every_text_and_tag(owner: User, outsider: User, newest_again: None) -> None:
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    texts = write_in_plain(owner) | write_in_plain(outsider)
    names = sorted(rows_of("diary_tag", "user_id", "name"))
    call_command("migrate", verbosity=0)
    assert {str(entry.pk): entry.text for entry in Entry.objects.all()} == texts
    assert sorted((tag.user_id, tag.name) for tag in Tag.objects.all()) == names
    [first] = selectors.list_entries(user=owner, tag="1일")
    assert first.tag_names == ["1일", "☔", "가족"]
    for (sealed,) in (*rows_of("diary_entry", "text"), *rows_of("diary_tag", "name")):
        assert "비가".encode() not in bytes(sealed)
        assert "가족".encode() not in bytes(sealed)

    services.create_entry(user=owner, text="그 뒤에 쓴 글", written_on=date(2026, 1, 5), tags=["새해"])
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    plain = {text for (text,) in rows_of("diary_entry", "text")}
    assert plain == {"그 뒤에 쓴 글", *texts.values()}
    assert sorted(rows_of("diary_tag", "user_id", "name")) == sorted([*names, (owner.pk, "새해")])


def test_sealing_in_batches_goes_on_where_it_was_interrupted(
    owner: User, newest_again: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    texts = write_in_plain(owner)
    monkeypatch.setattr(_seal, "ROWS_AT_ONCE", 1)
    seal_entries, left = _seal._seal_entries, [1, 1]

    def stop_in_the_middle(model: Any, entries: list[Any]) -> None:
        left.pop()  # raises IndexError at the third batch
        seal_entries(model, entries)

    monkeypatch.setattr(_seal, "_seal_entries", stop_in_the_middle)
    with pytest.raises(IndexError):
        call_command("migrate", verbosity=0)
    assert sum(sealed is not None for (sealed,) in rows_of("diary_entry", "sealed_text")) == 2

    monkeypatch.setattr(_seal, "_seal_entries", seal_entries)
    call_command("migrate", verbosity=0)
    assert {str(entry.pk): entry.text for entry in Entry.objects.all()} == texts


def test_sealing_takes_along_what_was_changed_meanwhile(owner: User, newest_again: None) -> None:
    """A site of the old version may still write between two steps: nothing of it is dropped unsealed."""
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    write_in_plain(owner)
    call_command("migrate", "diary", "0007_seal_texts", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE diary_entry SET text = 'changed' WHERE written_on = '2026-01-02'")
        cursor.execute("INSERT INTO diary_tag (user_id, name) VALUES (%s, 'new')", [owner.pk])
    call_command("migrate", verbosity=0)
    assert Entry.objects.get(written_on=date(2026, 1, 2)).text == "changed"
    assert "new" in {tag.name for tag in Tag.objects.all()}


def test_sealing_joins_tags_that_differ_in_case_alone(owner: User, newest_again: None) -> None:
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    OldEntry, OldTag = old_models()
    for name in ("BTS", "bts"):
        entry = OldEntry.objects.create(user_id=owner.pk, text=name, written_on=date(2026, 1, 1))
        entry.tags.add(OldTag.objects.create(user_id=owner.pk, name=name))
    call_command("migrate", verbosity=0)
    assert [entry.tag_names for entry in Entry.objects.all()] == [["BTS"], ["BTS"]]


def database_file() -> bytes:
    """SQLite's file, with what lay in its log until now."""
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        assert cursor.fetchall() == [(0, 0, 0)]
    return sqlite_file()


@pytest.mark.sqlite_only
def test_sealing_leaves_no_plain_text_in_the_file(owner: User, newest_again: None) -> None:
    call_command("migrate", "diary", BEFORE_SEALING, verbosity=0)
    write_in_plain(owner)
    assert "비가 왔다".encode() in database_file()
    call_command("migrate", verbosity=0)
    for word in ("비가 왔다", "긴 글. ", "따옴표", "가족"):
        assert word.encode() not in database_file()


def test_entries_of_before_come_with_the_first_sync(owner: User, outsider: User, newest_again: None) -> None:
    for user in (owner, owner, outsider):
        services.create_entry(user=user, text=SAD, written_on=date(2026, 1, 1))
    quiet = make_user("quiet@example.com")
    call_command("migrate", "diary", "0008_drop_plain_texts", verbosity=0)
    call_command("migrate", verbosity=0)
    beginning = changes.Position(datetime(1970, 1, 1, tzinfo=UTC))
    for user, count in ((owner, 2), (outsider, 1), (quiet, 0)):
        assert len(changes.list_changes(user=user, after=beginning, limit=10).items) == count

    entry, _ = services.create_entry(user=owner, text=SAD, written_on=date(2026, 1, 2))
    found = changes.list_changes(user=owner, after=beginning, limit=10).items
    assert found[-1] == entry
