"""Ways in which the database of a test fails, each with a real error of its own, and works again afterwards."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests.services.process import free_port

_FULL = """
    CREATE FUNCTION be_full() RETURNS trigger LANGUAGE plpgsql AS
    $$BEGIN RAISE 'could not extend file: No space left on device' USING ERRCODE = 'disk_full'; END$$;
    CREATE TRIGGER is_full BEFORE INSERT OR UPDATE ON diary_entry FOR EACH ROW EXECUTE FUNCTION be_full();
"""


@contextmanager
def read_only() -> Iterator[None]:
    """The database takes no writes, as a replica or a file system that was mounted again after an error."""
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute(
            "PRAGMA query_only = ON" if is_sqlite else "SET SESSION CHARACTERISTICS AS TRANSACTION READ ONLY"
        )
        try:
            yield
        finally:
            cursor.execute(
                "PRAGMA query_only = OFF" if is_sqlite else "SET SESSION CHARACTERISTICS AS TRANSACTION READ WRITE"
            )


@contextmanager
def full() -> Iterator[None]:
    """The database has no room for another page. PostgreSQL itself is told to say so."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")  # so that there are no free pages inside
            cursor.execute("PRAGMA page_count")
            [pages] = cursor.fetchone()
            cursor.execute(f"PRAGMA max_page_count = {pages}")
            end = "PRAGMA max_page_count = 1073741823"
        else:
            cursor.execute(_FULL)
            end = "DROP FUNCTION be_full CASCADE"
        try:
            yield
        finally:
            cursor.execute(end)


@contextmanager
def out_of_reach() -> Iterator[None]:
    """Nobody listens where the database was, or its file is gone."""
    before = dict(connection.settings_dict)
    connection.close()
    lost = {"NAME": Path("/nowhere/db.sqlite3")} if connection.vendor == "sqlite" else {"PORT": free_port()}
    connection.settings_dict.update(lost)
    try:
        yield
    finally:
        connection.close()
        connection.settings_dict.update(before)


OUTAGES = (read_only, full, out_of_reach)
