"""What thousands of tests do to the database before and after themselves, done in a few statements; and its file."""

import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence

import pytest
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.test import TransactionTestCase

# Made by migrations and the same for ever. Django empties them after each test and makes them anew, permission by
# permission, which takes longer than most tests.
LASTING_TABLES = {"django_content_type", "auth_permission"}
SQLITE_TEST_FILE = "test.sqlite3"  # each worker of pytest-xdist adds its own name


@pytest.fixture(scope="session", autouse=True)
def _quick_flush() -> Iterator[None]:
    """After a test with transactions of its own every table is emptied, but those that no test changes."""

    def empty_tables(case: TransactionTestCase) -> None:
        for alias in case._databases_names(include_mirrors=False):
            database = connections[alias]
            tables = set(database.introspection.django_table_names(only_existing=True, include_views=False))
            _empty(database, sorted(tables - LASTING_TABLES))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", empty_tables)
        yield


def _empty(database: BaseDatabaseWrapper, tables: Sequence[str]) -> None:
    """Delete what is in the tables. Most of them hold nothing, and PostgreSQL truncates an empty one as slowly."""
    quoted = [(table, database.ops.quote_name(table)) for table in tables]
    question = " UNION ALL ".join(f"SELECT '{table}' WHERE EXISTS (SELECT 1 FROM {name})" for table, name in quoted)  # noqa: S608
    with transaction.atomic(using=database.alias), database.cursor() as cursor:
        cursor.execute(question)
        # Foreign keys are looked at only when the transaction ends, so that the order does not matter.
        for (table,) in cursor.fetchall():
            cursor.execute(f"DELETE FROM {database.ops.quote_name(table)}")  # noqa: S608


def sqlite_file(ending: str = "") -> bytes:
    """What lies in SQLite's file at this moment, or in its log (`-wal`)."""
    # By another process: see `leave_sqlite_locks`.
    command = ["cat", f"{connection.settings_dict['NAME']}{ending}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


def leave_sqlite_locks(event: str, arguments: tuple[object, ...]) -> None:
    """Audit hook: fail whoever opens SQLite's file in the process that also has it open as a database.

    A process that closes a file loses its locks on it, also those that SQLite holds. The site of a test then takes
    itself for the last one, deletes the log that this process still writes to, and rows are lost or the file is broken
    (https://www.sqlite.org/howtocorrupt.html, 2.2), in whatever test comes next.
    """
    if event == "open" and SQLITE_TEST_FILE in str(arguments[0]):
        raise RuntimeError(f"{arguments[0]} is open as a database: read it by sqlite_file()")


sys.addaudithook(leave_sqlite_locks)


def keep_copies(app_label: str, fill: Callable[[], None]) -> None:
    """Fill an app's tables by a function, copy them within the database, and empty them again.

    Outside of any test: what a test does is rolled back, the copies as well.
    """
    with transaction.atomic():
        fill()
        with connection.cursor() as cursor:
            for table, copy in _copies(app_label).items():
                cursor.execute(f"CREATE TABLE {copy} AS SELECT * FROM {table}")  # noqa: S608
            # Foreign keys are looked at only when the transaction ends, so that the order does not matter.
            for table in _copies(app_label):
                cursor.execute(f"DELETE FROM {table}")  # noqa: S608


def fill_by_copies(app_label: str) -> None:
    """Fill an app's tables by the copies that the database keeps of them."""
    models = apps.get_app_config(app_label).get_models(include_auto_created=True)
    with transaction.atomic(), connection.cursor() as cursor:
        for table, copy in _copies(app_label).items():
            cursor.execute(f"INSERT INTO {table} SELECT * FROM {copy}")  # noqa: S608
        for statement in connection.ops.sequence_reset_sql(no_style(), list(models)):
            cursor.execute(statement)


def _copies(app_label: str) -> dict[str, str]:
    """The tables of an app, and what their copies are called; both quoted."""
    models = apps.get_app_config(app_label).get_models(include_auto_created=True)
    quote = connection.ops.quote_name
    return {quote(model._meta.db_table): quote(f"copy_of_{model._meta.db_table}") for model in models}
