"""Which errors mean that the site can't work for a while, whatever was asked of it, and that asking again may help."""

import errno
import sqlite3

from django.contrib.sessions.backends.base import UpdateError
from django.contrib.sessions.exceptions import SessionInterrupted
from django.db import DatabaseError, InterfaceError, OperationalError

# SQLite's primary result codes (https://www.sqlite.org/rescode.html): it says SQLITE_ERROR for wrong SQL, which no
# waiting mends, by the same class.
_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}
_PRIMARY_CODE = 0xFF
# PostgreSQL's read_only_sql_transaction, which its driver counts among internal errors.
_PGCODE_READ_ONLY = "25006"
_ERRNOS = {errno.ENOSPC, errno.EDQUOT, errno.EROFS}


def is_outage(error: BaseException | None) -> bool:
    """Whether the database is out of reach, shuts down, takes no writes or makes wait too long for a lock, or
    a disk is full.
    """
    while isinstance(error, UpdateError | SessionInterrupted):
        error = error.__context__  # Django takes any failure to save a session for one that was deleted
    if isinstance(error, OSError):
        return error.errno in _ERRNOS
    if isinstance(error, InterfaceError):
        return True
    if not isinstance(error, DatabaseError):
        return False
    cause = error.__cause__
    if isinstance(cause, sqlite3.Error):
        return getattr(cause, "sqlite_errorcode", 0) & _PRIMARY_CODE in _SQLITE_CODES
    return isinstance(error, OperationalError) or getattr(cause, "pgcode", None) == _PGCODE_READ_ONLY
