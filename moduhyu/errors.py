"""What is answered when no view can: a page to people, a problem document to clients of the API."""

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views import defaults

from accounts.encryption.sealing import Locked
from diary.api.problem import CONTENT_TYPE, READS, locked_problem, problem

API = "/api/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a body over the limit."""
    is_too_big = isinstance(exception, RequestDataTooBig)
    if request.path.startswith(API):
        return problem(413 if is_too_big else 400, _("요청을 읽지 못했어요. /api/docs/에서 형식을 확인해 주세요."))
    # Not Django's own view: it looks for a CSRF token, and so reads the very form that can't be read.
    if is_too_big:
        return HttpResponse(render_to_string("413.html"), status=413)
    return HttpResponse(render_to_string("400.html"), status=400)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    """404."""
    if request.path.startswith(API):
        return problem(404, _("그런 주소가 없어요. /api/docs/에서 찾아보세요."))
    return defaults.page_not_found(request, exception)


def locked(request: HttpRequest, error: Locked) -> HttpResponse:
    """503: what was written can't be opened now, or nothing can be sealed. The log is told why."""
    content = locked_problem(request, error)
    if request.path.startswith(API):
        return JsonResponse(content, status=503, content_type=CONTENT_TYPE)
    is_saving = request.method not in READS
    response = HttpResponse(render_to_string("503.html", {"is_saving": is_saving}), status=503)
    # Tells the service worker that this is no proxy's word for a site that is down.
    response["X-Site-Answer"] = "locked"
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500: nothing here may depend on what has just failed."""
    if request.path.startswith(API):
        return problem(500, _("저희 쪽 문제예요. 조금 뒤에 다시 보내 주세요."))
    return defaults.server_error(request)
