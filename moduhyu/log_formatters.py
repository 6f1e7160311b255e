"""How a line of log looks: for people, or as JSON. Its time tells its zone either way (ISO 8601)."""

import logging
from datetime import UTC, datetime

from pythonjsonlogger import json


class ZonedFormatter(logging.Formatter):
    """Python's own, whose times leave it to the reader to know where the machine stands."""

    def formatTime(self, record: logging.LogRecord, datefmt: str | None = None) -> str:
        """The time to the millisecond, in the zone of the process: 2026-11-26T23:46:10.123+09:00."""
        return datetime.fromtimestamp(record.created, UTC).astimezone().isoformat(timespec="milliseconds")


class ZonedJsonFormatter(ZonedFormatter, json.JsonFormatter):
    """One object a line."""
