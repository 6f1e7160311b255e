"""A sentence that is to be found nowhere, and how it is looked for: in however it may be written or encoded."""

import base64
import json
import os
import subprocess
from urllib.parse import quote

from django.db import connection

from tests.services.database import sqlite_file
from tests.services.process import require_binary

CANARY = "종달새처럼 노래하던 아무개의 비밀"
TAG = "종달새비밀"
# Long enough to be in nothing else by chance.
WORDS = ("종달새", "아무개의 비밀")


def forms(word: str) -> list[bytes]:
    """How the word may be written in a database, its log or its dump, in an address, a message or a line of JSON."""
    encoded = word.encode()
    octal = "".join(f"\\{byte:03o}" for byte in encoded)  # as PostgreSQL escapes bytes
    escaped = json.dumps(word)[1:-1]
    return [
        encoded,
        encoded.hex().encode(),
        encoded.hex().upper().encode(),
        octal.encode(),
        octal.replace("\\", "\\\\").encode(),
        escaped.encode(),
        word.encode("utf-16-le"),
        encoded.decode("latin-1").encode(),  # by who takes it for Latin-1
        quote(word).encode(),
        repr(encoded)[2:-1].encode(),  # as Python shows bytes
        *base64_forms(encoded),
    ]


def base64_forms(content: bytes) -> list[bytes]:
    """What stays the same of it in base64, at each of the three places where it may begin."""
    shifted = [base64.b64encode(b"\0" * shift + content) for shift in range(3)]
    return [encoded[(4 if shift else 0) : len(encoded) // 4 * 4 - 4] for shift, encoded in enumerate(shifted)]


def found_in(content: bytes) -> list[str]:
    return [word for word in WORDS if any(form in content for form in forms(word))]


def every_value() -> bytes:
    """Every row of every table, as the database's driver gives it."""
    values = []
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names(cursor):
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - its own names
            for row in cursor.fetchall():
                values += [bytes(v) if isinstance(v, bytes | memoryview) else str(v).encode() for v in row]
    return b"\n".join(values)


def raw_database() -> bytes:
    """The bytes of SQLite's file and log as they lie there, or a dump by pg_dump."""
    settings = connection.settings_dict
    if connection.vendor == "sqlite":
        return sqlite_file() + sqlite_file("-wal")
    pg_dump = require_binary("/usr/lib/postgresql/*/bin/pg_dump", "postgresql")
    address = ["--host", settings["HOST"], "--port", str(settings["PORT"]), "--username", settings["USER"]]
    dump = subprocess.run([pg_dump, *address, settings["NAME"]], check=True, capture_output=True, env=dict(os.environ))
    return dump.stdout
