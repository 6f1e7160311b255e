"""Backups of the whole database as one file, of one moment, while the site goes on; and the way back.

What people wrote stays sealed in it: without the master keys, which are not, nobody reads it, its owner included.
"""

import gzip
import os
import shutil
import sqlite3
import subprocess
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connection, connections

SQLITE_MAGIC = b"\x1f\x8b"  # SQLite has no checksums of its own; gzip has
POSTGRESQL_MAGIC = b"PGDMP"
CHUNK_BYTES = 1024 * 1024
PAGES_AT_ONCE = 2_000  # 8 MB: between two portions of SQLite's copy, others may write


class BackupError(Exception):
    """A backup that can't be made, read or put back. The message says why."""


def back_up(target: Path) -> None:
    """Write the database as it stands to `target`, which only this user may read and which must not exist yet.

    What can't be read back is not kept: the file appears under its name when it is complete and checked. Raises
    BackupError.
    """
    if target.exists():
        raise BackupError(f"{target} exists already. Name a file that does not.")
    with _unfinished(target) as path:
        if connection.vendor == "sqlite":
            _pack_sqlite(path)
        else:
            _run("pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={path}", _database_name())
        check(path)
        os.link(path, target)  # refuses where somebody was faster


def check(backup: Path) -> None:
    """Raise BackupError unless the file is a complete backup of this kind of database."""
    magic = {"sqlite": SQLITE_MAGIC, "postgresql": POSTGRESQL_MAGIC}[connection.vendor]
    try:
        with backup.open("rb") as file:
            start = file.read(len(magic))
    except OSError as error:
        raise BackupError(f"{backup} can't be read: {error.strerror}.") from error
    if start != magic:
        raise BackupError(f"{backup} is no backup of a {connection.display_name} database.")
    if connection.vendor == "sqlite":
        with _unpacked(backup) as path:
            _check_sqlite(path)
    else:
        _run("pg_restore", "--file=/dev/null", str(backup))  # reads all of it


def restore(backup: Path) -> None:
    """Put the database back to what the backup holds; what is in it now is gone. All or nothing.

    The site should be stopped: whoever saves meanwhile is not in the backup. Raises BackupError.
    """
    check(backup)
    connections.close_all()
    if connection.vendor == "sqlite":
        with _unpacked(backup) as path:
            _copy_sqlite(path, _sqlite_file())
        return
    options = ("--clean", "--if-exists", "--single-transaction", "--no-owner", "--no-privileges")
    _run("pg_restore", *options, f"--dbname={_database_name()}", str(backup))


def is_empty() -> bool:
    """Whether the database holds no table at all: then there is nothing that a restore could take away."""
    return not connection.introspection.table_names()


@contextmanager
def _unfinished(target: Path) -> Iterator[Path]:
    """A file beside the target that is gone afterwards, whatever happens."""
    try:
        handle, name = tempfile.mkstemp(prefix=f".{target.name}.", dir=target.parent)
    except OSError as error:
        raise BackupError(f"{target.parent} can't be written to: {error.strerror}.") from error
    os.close(handle)
    try:
        yield Path(name)
    except OSError as error:
        raise BackupError(f"{target} can't be written: {error.strerror}.") from error
    finally:
        Path(name).unlink(missing_ok=True)


def _sqlite_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def _pack_sqlite(target: Path) -> None:
    with tempfile.TemporaryDirectory(dir=target.parent) as folder:  # mode 700
        copy = Path(folder) / "copy"
        _copy_sqlite(_sqlite_file(), copy)
        with copy.open("rb") as plain, gzip.open(target, "wb", compresslevel=3) as packed:
            shutil.copyfileobj(plain, packed, CHUNK_BYTES)


@contextmanager
def _unpacked(backup: Path) -> Iterator[Path]:
    """The database that a backup holds, for as long as it is looked at. Raises BackupError for a damaged one."""
    with tempfile.TemporaryDirectory(dir=backup.parent) as folder:
        path = Path(folder) / "copy"
        try:
            with gzip.open(backup, "rb") as packed, path.open("wb") as plain:
                shutil.copyfileobj(packed, plain, CHUNK_BYTES)
        except (OSError, EOFError, zlib.error) as error:
            raise BackupError(f"{backup} is damaged, or there is no room to unpack it: {error}.") from error
        yield path


def _copy_sqlite(source: Path, target: Path) -> None:
    """By SQLite's own means: of one moment, its log included, into a file that others may have open."""
    try:
        with (
            closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True, timeout=30)) as old,
            closing(sqlite3.connect(target, timeout=30)) as new,
        ):
            old.backup(new, pages=PAGES_AT_ONCE)
    except sqlite3.Error as error:
        raise BackupError(f"{source} can't be copied to {target}: {error}.") from error


def _check_sqlite(path: Path) -> None:
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            found = [row[0] for row in database.execute("PRAGMA integrity_check(5)")]
    except sqlite3.Error as error:
        raise BackupError(f"{path} is damaged: {error}.") from error
    if found != ["ok"]:
        raise BackupError(f"{path} is damaged: {'; '.join(found)}.")


def _database_name() -> str:
    return str(connection.settings_dict["NAME"])


def _run(program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs on the site's server. Raises BackupError."""
    settings = connections.settings[DEFAULT_DB_ALIAS]
    names = {"PGHOST": "HOST", "PGPORT": "PORT", "PGUSER": "USER", "PGPASSWORD": "PASSWORD"}
    server = {variable: str(settings[name]) for variable, name in names.items() if settings.get(name)}
    try:
        done = subprocess.run(  # noqa: S603 - PostgreSQL's own programs, and no shell
            [program, *arguments], env=os.environ | server, capture_output=True, text=True, check=False
        )
    except FileNotFoundError:
        raise BackupError(f"{program} is missing: install PostgreSQL's client programs.") from None
    if done.returncode:
        raise BackupError(f"{program}: {done.stderr.strip()}")
