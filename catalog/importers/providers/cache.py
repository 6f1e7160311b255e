"""Answers of services on disk, so that running again asks only for what is missing."""

import json
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from catalog.importers.providers.base import ProviderError

# How long it is remembered that a service does not have something: it may have it some day.
ABSENT_SECONDS = 24 * 3600


class AnswerCache:
    """JSON by key in one SQLite file; written at once, so that Ctrl+C loses nothing."""

    def __init__(self, file: Path) -> None:
        self._file = file
        with self._translated():
            file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._database = sqlite3.connect(file, timeout=20, isolation_level=None)
            self._database.execute("PRAGMA journal_mode=WAL")
            self._database.execute("PRAGMA synchronous=NORMAL")
            self._database.execute("CREATE TABLE IF NOT EXISTS answer (key TEXT PRIMARY KEY, json TEXT, at REAL)")

    def get(self, keys: Iterable[str]) -> dict[str, Any]:
        """What is known by key: the JSON, or None for what the service did not have within the last day."""
        since = time.time() - ABSENT_SECONDS
        query = "SELECT json FROM answer WHERE key = ? AND (json IS NOT NULL OR at > ?)"
        with self._translated():
            found = {key: self._database.execute(query, (key, since)).fetchone() for key in keys}
            return {key: row[0] and json.loads(row[0]) for key, row in found.items() if row}

    def put(self, answers: dict[str, Any]) -> None:
        """Remember JSON by key; None for what the service does not have."""
        now = time.time()
        rows = [(key, None if value is None else json.dumps(value), now) for key, value in answers.items()]
        with self._translated(), self._database:
            self._database.execute("BEGIN IMMEDIATE")
            self._database.executemany("INSERT OR REPLACE INTO answer VALUES (?, ?, ?)", rows)

    @contextmanager
    def _translated(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError, ValueError) as error:
            raise ProviderError(
                f"{self._file}: the cache can't be used ({error}). Delete it, or set --cache"
            ) from error
