"""One line of log for each request. It tells the route, never the address, nor the query: they hold what people
search for, and the tokens of their mails."""

import logging
import re
import time
import uuid
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from moduhyu.log_context import request_id, route_of
from moduhyu.metrics import count_request

HEADER = "X-Request-ID"
_TAKEN_OVER = re.compile(r"[A-Za-z0-9._-]{1,64}", re.ASCII)

logger = logging.getLogger(__name__)


class RequestLogMiddleware:
    """Gives each request an id, or takes over the proxy's, tells it in the answer, and logs and counts the request."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get(HEADER, "")
        token = request_id.set(given if _TAKEN_OVER.fullmatch(given) else uuid.uuid4().hex)
        start = time.perf_counter()
        try:
            response = self.get_response(request)
            response[HEADER] = request_id.get()
            _tell(request, response, time.perf_counter() - start)
            return response
        finally:
            request_id.reset(token)


def _tell(request: HttpRequest, response: HttpResponse, seconds: float) -> None:
    route, method = route_of(request), request.method or ""
    count_request(method, route, response.status_code, seconds)
    fields = {
        "method": method,
        "route": route,
        "status": response.status_code,
        "duration_ms": round(seconds * 1000, 1),
    }
    logger.info("%s %s %d", method, route, response.status_code, extra=fields)
