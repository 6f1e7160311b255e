"""A backup is what it is taken for: everything comes back, nothing can be read in it, a bad one changes nothing."""

import base64
import os
import sqlite3
import stat
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import date
from pathlib import Path

import psycopg2
import pytest
from django.conf import LazySettings
from django.core.management import CommandError, call_command
from django.db import connection, connections

from accounts.models import User
from diary import services
from diary.models import Entry
from moduhyu.backups import BackupError, back_up, restore
from tests.diary.test_canary import CANARY, every_value, found_in

pytestmark = pytest.mark.django_db(transaction=True)

ROOT = Path(__file__).resolve().parents[2]
DAY = date(2026, 11, 1)


@pytest.fixture
def backup(tmp_path: Path) -> Path:
    return tmp_path / "evening.backup"


def write(user: User, count: int) -> list[str]:
    return [
        str(services.create_entry(user=user, text=f"{CANARY} {number}", written_on=DAY)[0].pk)
        for number in range(count)
    ]


def test_everything_comes_back(owner: User, outsider: User, catalogue: None, backup: Path) -> None:
    write(owner, 3)
    before = every_value()
    call_command("backup", backup)
    write(owner, 2)
    services.delete_entry(entry=Entry.objects.earliest("created_at"), revision=1)
    outsider.delete()
    assert every_value() != before
    call_command("restore", backup, overwrite=True)
    assert every_value() == before
    assert all(CANARY in entry.text for entry in Entry.objects.of(owner))
    call_command("migrate", "--check", verbosity=0)


def test_nothing_can_be_read_in_it_and_by_nobody_else(owner: User, backup: Path) -> None:
    write(owner, 3)
    back_up(backup)
    assert found_in(backup.read_bytes()) == []
    assert stat.S_IMODE(backup.stat().st_mode) == 0o600
    assert [path.name for path in backup.parent.iterdir()] == [backup.name]


def test_it_is_of_one_moment_while_others_write(owner: User, outsider: User, backup: Path) -> None:
    write(owner, 30)
    stop = threading.Event()

    def save_and_delete() -> None:
        try:
            while not stop.is_set():
                [pk] = write(outsider, 1)
                services.delete_entry(entry=Entry.objects.get(pk=pk), revision=1)
        finally:
            connections.close_all()

    writer = threading.Thread(target=save_and_delete)
    writer.start()
    back_up(backup)
    stop.set()
    writer.join()
    Entry.objects.all().delete()
    restore(backup)
    assert Entry.objects.of(owner).count() == 30
    assert Entry.objects.of(outsider).count() <= 1
    connection.check_constraints()


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def spoil(content: bytes) -> bytes:
    middle = len(content) // 2
    return content[:middle] + os.urandom(20_000) + content[middle + 20_000 :]


@pytest.mark.parametrize("harm", [cut, spoil, lambda content: b"", lambda content: b"{}" * 100])
def test_bad_backup_is_refused_and_changes_nothing(
    owner: User, catalogue: None, backup: Path, harm: Callable[[bytes], bytes]
) -> None:
    write(owner, 20)
    back_up(backup)
    backup.write_bytes(harm(backup.read_bytes()))
    before = every_value()
    with pytest.raises(CommandError):
        call_command("restore", backup, overwrite=True)
    assert every_value() == before


def test_what_is_there_is_not_overwritten_unasked(owner: User, backup: Path, tmp_path: Path) -> None:
    back_up(backup)
    with pytest.raises(CommandError, match="exists already"):
        call_command("backup", backup)
    with pytest.raises(CommandError, match="--overwrite"):
        call_command("restore", backup)
    assert User.objects.filter(pk=owner.pk).exists()


def test_folder_that_is_not_there_is_named(db: None, tmp_path: Path) -> None:
    with pytest.raises(BackupError, match="nowhere"):
        back_up(tmp_path / "nowhere" / "file")
    with pytest.raises(BackupError, match="nothing"):
        restore(tmp_path / "nothing")


@pytest.fixture
def new_site(tmp_path: Path, settings: LazySettings) -> Iterator[dict[str, str]]:
    """The environment of a site beside this one, with its master keys and without a database."""
    variables = {
        "DJANGO_SETTINGS_MODULE": "moduhyu.settings",
        "VAR_DIR": str(tmp_path / "var"),
        "ENCRYPTION_KEYS": ",".join(base64.urlsafe_b64encode(key).decode() for key in settings.ENCRYPTION_KEYS),
    }
    if connection.vendor == "sqlite":
        yield variables | {"DATABASE_URL": f"sqlite:///{tmp_path}/new.sqlite3"}
        return
    server = connection.settings_dict
    with connection.cursor() as cursor:
        cursor.execute("CREATE DATABASE restored")
    yield variables | {"DATABASE_URL": f"postgresql://{server['USER']}@{server['HOST']}:{server['PORT']}/restored"}
    with connection.cursor() as cursor:
        cursor.execute("DROP DATABASE restored WITH (FORCE)")


READ_TEXTS = "from diary.models import Entry; print(*sorted(entry.text for entry in Entry.objects.all()), sep=chr(10))"


def sealed_texts(database_url: str) -> set[bytes]:
    """What lies in the column of a database that this process is not of."""
    query = "SELECT text FROM diary_entry"
    if database_url.startswith("sqlite"):
        with closing(sqlite3.connect(database_url.removeprefix("sqlite:///"))) as database:
            return {bytes(row[0]) for row in database.execute(query)}
    with closing(psycopg2.connect(database_url)) as database, database.cursor() as cursor:
        cursor.execute(query)
        return {bytes(row[0]) for row in cursor.fetchall()}


def test_a_new_site_begins_with_it(owner: User, backup: Path, new_site: dict[str, str]) -> None:
    write(owner, 3)
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM diary_entry")
        sealed = {bytes(row[0]) for row in cursor.fetchall()}
    back_up(backup)
    manage(new_site, "restore", str(backup))
    manage(new_site, "migrate", "--check")
    assert sealed_texts(new_site["DATABASE_URL"]) == sealed
    assert manage(new_site, "shell", "--no-imports", "--command", READ_TEXTS).split("\n")[:-1] == [
        f"{CANARY} {number}" for number in range(3)
    ]


def manage(site: dict[str, str], *command: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        cwd=ROOT,
        env=os.environ | site,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
