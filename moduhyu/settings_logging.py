"""The part of the settings that logs go by: times, names and ids, never a line of anybody's diary."""

from typing import Any

from pythonjsonlogger.core import RESERVED_ATTRS

from moduhyu.env import read_choice

LOG_FORMAT = read_choice("LOG_FORMAT", ("line", "json"))

_JSON: dict[str, Any] = {
    "()": "moduhyu.log_formatters.ZonedJsonFormatter",
    "fmt": ["asctime", "levelname", "name", "message", "request_id"],
    "rename_fields": {"asctime": "time", "levelname": "level", "name": "logger"},
    "json_ensure_ascii": False,
    "reserved_attrs": [*RESERVED_ATTRS, "request"],  # Django's lines carry it, and its repr tells the address
}

LOGGING: dict[str, Any] = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {
            "()": "moduhyu.log_formatters.ZonedFormatter",
            "format": "{asctime} {levelname} {name}: {message}",
            "style": "{",
        },
        "json": _JSON,
        "security": _JSON | {"rename_fields": {**_JSON["rename_fields"], "message": "event"}},
    },
    "filters": {
        "request_id": {"()": "moduhyu.log_context.RequestIdFilter"},
        "route": {"()": "moduhyu.log_context.RouteFilter"},
    },
    "handlers": {
        "console": {"class": "logging.StreamHandler", "formatter": LOG_FORMAT, "filters": ["request_id", "route"]},
        # Read by machines, whatever the rest looks like.
        "security": {"class": "logging.StreamHandler", "formatter": "security", "filters": ["request_id"]},
    },
    "root": {"handlers": ["console"], "level": "INFO"},
    "loggers": {
        "django": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "moduhyu.security": {"handlers": ["security"], "level": "INFO", "propagate": False},
        "botocore": {"level": "WARNING"},  # it tells where it found every credential and endpoint
        "spotipy": {"level": "CRITICAL"},  # it tells tokens; what it fails at, import_tracks tells
        # For machines: who runs the site at a terminal is told of what goes wrong.
        "moduhyu.request_log": {"level": "INFO" if LOG_FORMAT == "json" else "WARNING"},
        "celery.app.trace": {"level": "WARNING"},  # a line for every entry that went well says nothing
    },
}
