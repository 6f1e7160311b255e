"""What log lines know of the request that is being served: its id, which its tasks take along, and its route.

Never its address: addresses hold the tokens of mails, and ids.
"""

import logging
from contextvars import ContextVar
from typing import Any

from celery import signals
from django.http import HttpRequest

UNKNOWN_ROUTE = "unknown"

request_id: ContextVar[str] = ContextVar("request_id", default="")


class RequestIdFilter(logging.Filter):
    """Adds `request_id` to log records: empty outside of requests and their tasks."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.request_id = request_id.get()
        return True


class RouteFilter(logging.Filter):
    """Lets Django's own lines of a request ("Not Found: …") name its route in place of its address."""

    def filter(self, record: logging.LogRecord) -> bool:
        request = getattr(record, "request", None)
        if isinstance(request, HttpRequest) and isinstance(record.args, tuple):
            shown = {request.path, request.path.encode("unicode_escape").decode("ascii")}  # Django escapes some
            record.args = tuple(route_of(request) if arg in shown else arg for arg in record.args)
        return True


class ServerFilter(logging.Filter):
    """Leaves out of gunicorn's lines what a request said: its address, or the rest of a diary where a body went on.

    What comes after the end that a body's length promised is read as the next request.
    """

    BEGINNINGS = ("Invalid request", "Error handling request")

    def filter(self, record: logging.LogRecord) -> bool:
        for beginning in self.BEGINNINGS:
            if str(record.msg).startswith(beginning):  # an exception may be logged as it is
                record.msg, record.args = beginning, ()
        return True


def route_of(request: HttpRequest) -> str:
    """The pattern of the address, such as `entries/<uuid:entry_id>/`; UNKNOWN_ROUTE for one that there is not."""
    match = request.resolver_match
    return (match.route or "/") if match else UNKNOWN_ROUTE


@signals.before_task_publish.connect  # type: ignore[untyped-decorator]
def _send(headers: dict[str, Any], **_: Any) -> None:
    headers["request_id"] = request_id.get()


@signals.task_prerun.connect  # type: ignore[untyped-decorator]
def _take_over(task: Any, **_: Any) -> None:
    if not task.request.is_eager:  # an eager task runs within its request
        request_id.set(getattr(task.request, "request_id", None) or "")
