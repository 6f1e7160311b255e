"""Exports beside the request: made, told how far they are, sealed, and gone when they should be."""

import os
import secrets
import stat
import threading
import time
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.db import connection
from django.utils import timezone, translation
from pytest_django import Settings

from accounts.encryption.data_keys import forget_keys
from accounts.encryption.sealing import Locked
from accounts.models import User
from diary.fields import Sealed
from diary.models import DEAD_AFTER, NEVER_TAKEN_AFTER, Entry, Export
from diary.portability import export_run, exports
from diary.portability.account import delete_everything
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from diary.portability.export import Written, stream_export
from diary.portability.export_cleanup import REMEMBERED_FOR, forget_old_exports
from diary.portability.export_files import KEPT_FOR
from diary.portability.limits import MIB
from tests.factories import make_entry

pytestmark = pytest.mark.django_db(transaction=True)

CANARY = "카나리아만 아는 비밀"
LONG_DIARY = 1_500


@pytest.fixture(autouse=True)
def folder(settings: Settings, tmp_path: Path) -> Path:
    settings.VAR_DIR = tmp_path
    return tmp_path / "exports"


def files_in(folder: Path) -> list[Path]:
    return sorted(folder.iterdir()) if folder.exists() else []


def long_diary(user: User, count: int = LONG_DIARY, size: int = 800) -> None:
    """Texts that hardly pack: the ZIP comes in many pieces."""
    day = date(2026, 11, 1)
    Entry.objects.bulk_create(
        Entry(user=user, text=secrets.token_hex(size // 2), written_on=day) for _ in range(count)
    )


def pending_export(user: User, **fields: object) -> Export:
    """An export that no worker has taken yet."""
    return Export.objects.create(user=user, key=exports.sealed_files.new_key(), **fields)


def while_it_is_made(export: Export, act: Callable[[], None]) -> list[tuple[int, int]]:
    """Make an export in another thread, and act once some of it is written. Returns how far it was seen to be."""

    def make() -> None:
        export_run.make_export(str(export.pk))
        connection.close()

    thread = threading.Thread(target=make)
    thread.start()
    seen: list[tuple[int, int]] = []
    while thread.is_alive():
        found = Export.objects.filter(pk=export.pk, status=Export.Status.RUNNING, entries_done__gt=0)
        for progress in found.values_list("entries_done", "entries_total"):
            if not seen:
                act()
            if progress not in seen:
                seen.append(progress)
        time.sleep(0.01)
    thread.join()
    return seen


def told(entry: Entry) -> tuple[object, ...]:
    return entry.text, entry.written_on, entry.tag_names, entry.created_at, entry.updated_at


@pytest.fixture
def _told_often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export_run, "TELL_EVERY_S", 0)


def test_export_is_ready_and_comes_back_without_a_loss(owner: User, outsider: User) -> None:
    entries = [make_entry(owner, f"{CANARY} {number}", date(2026, 11, number)) for number in (1, 2, 3)]
    export, is_new = exports.begin_export(owner)
    assert is_new
    assert (export.status, export.entries_done, export.entries_total) == (Export.Status.READY, 3, 3)
    assert export.expires_at is not None
    assert timedelta(0) <= export.expires_at - export.created_at - KEPT_FOR < timedelta(minutes=1)
    with exports.open_export(export) as file:
        assert import_file(outsider, open_import(file), skips_bad_rows=False).new == 3
        assert file.seek(0, 2) == export.size
    mine, theirs = (sorted(Entry.objects.of(user), key=lambda entry: entry.written_on) for user in (owner, outsider))
    assert [(e.text, e.written_on, e.created_at) for e in mine] == [
        (e.text, e.written_on, e.created_at) for e in theirs
    ]
    assert [entry.pk for entry in mine] == [entry.pk for entry in entries]


def test_what_does_not_open_is_left_out_and_named_in_the_language_of_who_asked(owner: User) -> None:
    make_entry(owner, CANARY)
    damaged = make_entry(owner)
    Entry.objects.filter(pk=damaged.pk).update(text=Sealed(bytes(60)))
    export = pending_export(owner, language="en")
    export_run.make_export(str(export.pk))
    export.refresh_from_db()
    assert (export.entries_done, export.entries_total) == (1, 2)
    with exports.open_export(export) as file:
        told = zipfile.ZipFile(file).read("left_out.txt").decode()
    assert told.startswith("This entry can’t be opened")
    assert str(damaged.pk) in told


def test_language_of_who_asks_is_remembered(owner: User) -> None:
    with translation.override("en"):
        assert exports.begin_export(owner)[0].language == "en"


def test_export_of_an_empty_diary(owner: User) -> None:
    export, _ = exports.begin_export(owner)
    assert (export.status, export.entries_done, export.entries_total) == (Export.Status.READY, 0, 0)


def test_file_holds_nothing_in_plain_and_its_key_lies_nowhere(owner: User, folder: Path) -> None:
    make_entry(owner, CANARY)
    export, _ = exports.begin_export(owner)
    [path] = files_in(folder)
    content = path.read_bytes()
    assert not any(part in content for part in (CANARY.encode(), b"PK\x03\x04", b"moduhyu.json", export.key.encode()))
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    with connection.cursor() as cursor:
        cursor.execute("SELECT key FROM diary_export")
        assert export.key.encode() not in bytes(cursor.fetchone()[0])


def test_written_counts_entries_of_all(owner: User) -> None:
    long_diary(owner, 300)
    written, seen = Written(), []
    for _piece in stream_export(owner, written):
        seen.append((written.entries, written.total))
    assert {total for _, total in seen} == {300}
    assert seen == sorted(seen)
    assert 0 < seen[len(seen) // 2][0] < 300
    assert seen[-1] == (300, 300)


@pytest.mark.usefixtures("_told_often")
def test_progress_is_seen_by_others_while_it_is_made(owner: User) -> None:
    long_diary(owner)
    export = pending_export(owner)
    seen = while_it_is_made(export, lambda: None)
    assert seen == sorted(seen)
    assert any(0 < done < total == LONG_DIARY for done, total in seen)
    export.refresh_from_db()
    assert (export.status, export.entries_done) == (Export.Status.READY, LONG_DIARY)


@pytest.mark.usefixtures("_told_often")
def test_cancelled_while_it_is_made_leaves_nothing(owner: User, folder: Path) -> None:
    long_diary(owner)
    export = pending_export(owner)
    assert while_it_is_made(export, lambda: exports.delete_export(export))
    assert not Export.objects.exists()
    assert files_in(folder) == []


@pytest.mark.usefixtures("_told_often")
def test_account_deleted_while_its_export_is_made_leaves_nothing(owner: User, folder: Path) -> None:
    long_diary(owner)
    assert while_it_is_made(pending_export(owner), lambda: delete_everything(owner))
    assert not User.objects.exists()
    assert not Export.objects.exists()
    assert files_in(folder) == []


def test_account_deleted_before_its_task_comes(owner: User, folder: Path) -> None:
    export = pending_export(owner)
    delete_everything(User.objects.get(pk=owner.pk))
    export_run.make_export(str(export.pk))
    assert files_in(folder) == []


@pytest.mark.usefixtures("_told_often")
def test_who_begins_later_overtakes_who_began_before(owner: User, folder: Path) -> None:
    long_diary(owner)
    export = pending_export(owner)
    assert while_it_is_made(export, lambda: export_run.make_export(str(export.pk)))
    export.refresh_from_db()
    assert (export.status, export.attempts) == (Export.Status.READY, 2)
    assert len(files_in(folder)) == 1
    with exports.open_export(export) as file:
        assert open_import(file)


def test_task_that_comes_again_after_the_end_changes_nothing(owner: User, folder: Path) -> None:
    export, _ = exports.begin_export(owner)
    [path] = files_in(folder)
    before = path.read_bytes()
    export_run.make_export(str(export.pk))
    assert path.read_bytes() == before
    assert Export.objects.get().attempts == 1


def test_attempt_that_was_killed_is_made_again_and_its_file_is_deleted(owner: User, folder: Path) -> None:
    make_entry(owner)
    export = pending_export(owner, status=Export.Status.RUNNING, attempts=1)
    folder.mkdir()
    (folder / f"{owner.pk}-{export.pk.hex}-1").write_bytes(b"half")
    export_run.make_export(str(export.pk))
    export.refresh_from_db()
    assert (export.status, export.attempts) == (Export.Status.READY, 2)
    assert [path.name for path in files_in(folder)] == [f"{owner.pk}-{export.pk.hex}-2"]


def test_export_that_kills_whoever_makes_it_is_given_up(owner: User) -> None:
    export = pending_export(owner, status=Export.Status.RUNNING, attempts=export_run.MAX_ATTEMPTS)
    export_run.make_export(str(export.pk))
    export.refresh_from_db()
    assert (export.status, export.key) == (Export.Status.FAILED, None)


def test_one_is_made_at_a_time(owner: User, outsider: User) -> None:
    export = pending_export(owner)
    assert exports.begin_export(owner) == (export, False)
    assert exports.begin_export(outsider)[1]


def test_nothing_is_begun_for_an_account_that_another_device_has_just_ended(owner: User) -> None:
    make_entry(owner)
    User.objects.filter(pk=owner.pk).delete()
    with pytest.raises(User.DoesNotExist):
        exports.begin_export(owner)


def test_missing_master_key_fails_what_was_begun_and_begins_nothing(owner: User, settings: Settings) -> None:
    make_entry(owner, CANARY)
    export = pending_export(owner)
    settings.ENCRYPTION_KEYS = (os.urandom(32),)
    forget_keys()
    export_run.make_export(str(export.pk))
    assert Export.objects.get().status == Export.Status.FAILED
    with pytest.raises(Locked):
        exports.begin_export(owner)
    assert Export.objects.count() == 1


def test_disk_that_takes_nothing_fails_the_export(owner: User, folder: Path, caplog: pytest.LogCaptureFixture) -> None:
    make_entry(owner, CANARY)
    folder.write_text("no folder")
    export, _ = exports.begin_export(owner)
    assert export.status == Export.Status.FAILED
    assert str(export.pk) in caplog.text
    assert CANARY not in caplog.text
    with pytest.raises(exports.NotReady):
        exports.open_export(export)


@pytest.mark.sqlite_only  # PostgreSQL's is lost in test_export_worker
def test_database_that_can_not_be_read_fails_the_export(owner: User, folder: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE diary_feedback RENAME TO away")
    try:
        export, _ = exports.begin_export(owner)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE away RENAME TO diary_feedback")
    assert export.status == Export.Status.FAILED
    assert files_in(folder) == []


def test_expired_export_loses_file_and_key(owner: User, folder: Path) -> None:
    export, _ = exports.begin_export(owner)
    assert export.expires_at is not None
    forget_old_exports(now=export.expires_at - timedelta(seconds=1))
    assert len(files_in(folder)) == 1
    forget_old_exports(now=export.expires_at)
    export.refresh_from_db()
    assert (export.status, export.key) == (Export.Status.EXPIRED, None)
    assert files_in(folder) == []
    forget_old_exports(now=export.created_at + REMEMBERED_FOR)
    assert not Export.objects.exists()


def test_expired_export_is_refused_before_it_is_deleted(owner: User, folder: Path) -> None:
    export, _ = exports.begin_export(owner)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    with pytest.raises(exports.Expired):
        exports.open_export(exports.get_export(user=owner, export_id=export.pk))
    assert len(files_in(folder)) == 1


def test_anybodys_next_export_deletes_what_is_over(owner: User, outsider: User, folder: Path) -> None:
    old, _ = exports.begin_export(outsider)
    Export.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    new, _ = exports.begin_export(owner)
    assert [path.name.split("-")[1] for path in files_in(folder)] == [new.pk.hex]
    old.refresh_from_db()
    assert old.status == Export.Status.EXPIRED


@pytest.mark.parametrize(
    ("status", "silence"), [(Export.Status.RUNNING, DEAD_AFTER), (Export.Status.PENDING, NEVER_TAKEN_AFTER)]
)
def test_nothing_goes_on_for_ever(owner: User, status: str, silence: timedelta, folder: Path) -> None:
    now = timezone.now()
    export = pending_export(owner, status=status, attempts=1, last_sign_at=now - silence)
    folder.mkdir()
    (folder / f"{owner.pk}-{export.pk.hex}-1").write_bytes(b"half")
    forget_old_exports(now=now)
    assert Export.objects.get().status == status
    forget_old_exports(now=now + timedelta(seconds=1))
    assert Export.objects.get().status == Export.Status.FAILED
    assert files_in(folder) == []


def test_dead_export_is_told_to_its_owner_without_a_clock_and_is_no_obstacle(owner: User) -> None:
    long_ago = timezone.now() - DEAD_AFTER - timedelta(seconds=1)
    dead = pending_export(owner, status=Export.Status.RUNNING, attempts=1, last_sign_at=long_ago)
    assert exports.get_export(user=owner, export_id=dead.pk).status == Export.Status.FAILED
    Export.objects.update(status=Export.Status.RUNNING)
    new, is_new = exports.begin_export(owner)
    assert (new.status, is_new) == (Export.Status.READY, True)


def test_file_of_nobody_is_deleted_after_a_day(owner: User, folder: Path) -> None:
    folder.mkdir()
    left, fresh = folder / f"7-{'0' * 32}-1", folder / f"7-{'1' * 32}-1"
    for path in (left, fresh):
        path.write_bytes(b"sealed")
    past = time.time() - KEPT_FOR.total_seconds() - 3601
    os.utime(left, (past, past))
    forget_old_exports()
    assert files_in(folder) == [fresh]


def test_newest_three_are_kept(owner: User, outsider: User, folder: Path) -> None:
    exports.begin_export(outsider)
    made = [exports.begin_export(owner)[0] for _ in range(exports.KEPT_PER_PERSON + 1)]
    assert list(exports.list_exports(owner)) == made[:0:-1]
    assert len(files_in(folder)) == exports.KEPT_PER_PERSON + 1


@pytest.mark.parametrize("damage", ["missing", "cut", "changed"])
def test_file_that_is_not_as_it_was_written_is_refused(
    owner: User, folder: Path, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    long_diary(owner, 300, 8_000)
    export, _ = exports.begin_export(owner)
    [path] = files_in(folder)
    lines = path.read_bytes().splitlines(keepends=True)
    assert export.size is not None
    assert export.size > 2 * MIB
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(b"".join(lines[:-1] if damage == "cut" else [lines[1], *lines[1:-1], lines[0]]))
    with pytest.raises(exports.Expired):
        exports.open_export(export)
    assert str(export.pk) in caplog.text


def test_account_takes_its_exports_along_and_leaves_others(owner: User, outsider: User, folder: Path) -> None:
    exports.begin_export(owner)
    kept, _ = exports.begin_export(outsider)
    delete_everything(owner)
    assert [path.name.split("-")[1] for path in files_in(folder)] == [kept.pk.hex]
    assert list(Export.objects.all()) == [kept]
