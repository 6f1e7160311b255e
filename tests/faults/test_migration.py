"""A migration holds a table while people write: they wait, and whoever waits too long is told to come back."""

import sqlite3
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

import psycopg2
import pytest
from django.db import connection, connections
from rest_framework.test import APIClient

from accounts.models import User
from diary.models import Entry
from tests.factories import SAD

pytestmark = pytest.mark.django_db(transaction=True)

ENTRIES = "/api/v1/entries/"


@contextmanager
def migration() -> Iterator[Callable[[str], Any]]:
    """Another process in the middle of a migration of the entries; yields what asks the database as it does."""
    database = connection.settings_dict
    if connection.vendor == "sqlite":
        other: Any = sqlite3.connect(database["NAME"], isolation_level=None)
        cursor = other.cursor()
        cursor.execute("BEGIN EXCLUSIVE")
    else:
        other = psycopg2.connect(
            host=database["HOST"], port=database["PORT"], user=database["USER"], dbname=database["NAME"]
        )
        cursor = other.cursor()
        cursor.execute("LOCK TABLE diary_entry IN ACCESS EXCLUSIVE MODE")

    def ask(query: str) -> Any:
        cursor.execute(query)
        return cursor.fetchone()

    try:
        yield ask
    finally:
        other.rollback()
        other.close()


def body() -> dict[str, str]:
    return {"id": str(uuid.uuid4()), "text": SAD, "written_on": "2026-11-01"}


@pytest.mark.postgresql_only
def test_writers_wait_for_a_short_migration_and_nothing_is_lost(owner: User, catalogue: None) -> None:
    started = threading.Barrier(5)

    def write(entry: dict[str, str]) -> int:
        client = APIClient()
        client.force_authenticate(owner)
        started.wait()
        try:
            return client.post(ENTRIES, entry, format="json").status_code
        finally:
            connections.close_all()

    entries = [body() for _ in range(4)]
    with ThreadPoolExecutor(len(entries)) as pool:
        with migration() as ask:
            answers = [pool.submit(write, entry) for entry in entries]
            started.wait()
            deadline = time.monotonic() + 20
            # The first waits for the table, the others of the same person for their turn behind it.
            while ask("SELECT count(*) FROM pg_locks WHERE NOT granted") < (len(entries),):
                assert time.monotonic() < deadline
                time.sleep(0.02)
            assert not any(answer.done() for answer in answers)
        assert [answer.result() for answer in answers] == [201] * len(entries)
    assert {str(entry.pk) for entry in Entry.objects.all()} == {entry["id"] for entry in entries}


def test_writer_who_waits_too_long_is_told_to_come_back(owner_api: APIClient, catalogue: None) -> None:
    entry = body()
    is_sqlite = connection.vendor == "sqlite"
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA busy_timeout = 100" if is_sqlite else "SET lock_timeout = '100ms'")
    try:
        with migration():
            answer = owner_api.post(ENTRIES, entry, format="json")
    finally:
        connection.close()  # the next one has the limits of the settings
    assert (answer.status_code, answer["Retry-After"]) == (503, "10")
    assert not Entry.objects.exists()
    assert owner_api.post(ENTRIES, entry, format="json").status_code == 201
