"""What is answered when no view can: a page to people, a problem document to clients of the API."""

import sys
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.urls import is_valid_path
from django.utils import translation
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _
from django.views import defaults
from django.views.decorators.csrf import csrf_exempt

from accounts.encryption.sealing import Locked
from diary.api.problem import (
    READS,
    RETRY_AFTER_S,
    is_api,
    locked_problem,
    log_locked,
    log_outage,
    outage_problem,
    problem,
    problem_json,
    problem_response,
)
from diary.outage import is_outage

HEADLESS = "/_allauth/"


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """400, or 413 for a body over the limit, or 503 for a session that could not be saved."""
    if is_outage(exception):
        return outage(request, exception)
    is_too_big = isinstance(exception, RequestDataTooBig)
    # A host that is not ours is refused before anybody has looked at the language.
    with translation.override(translation.get_language_from_request(request)):
        if is_api(request):
            if is_too_big:
                return problem(413, "too_large", _("보낸 내용이 너무 커요. 나누어 보내 주세요."))
            return problem(400, "bad_request", _("요청을 읽지 못했어요. /api/docs/에서 형식을 확인해 주세요."))
        # Not Django's own view: it looks for a CSRF token, and so reads the very form that can't be read.
        if is_too_big:
            return HttpResponse(render_to_string("413.html"), status=413)
        return HttpResponse(render_to_string("400.html"), status=400)


def not_found(request: HttpRequest, exception: Any) -> HttpResponse:
    """404."""
    if not is_api(request):
        return defaults.page_not_found(request, exception)
    if is_valid_path(f"{request.path_info}/"):
        detail = _("주소는 /로 끝나요: %(path)s") % {"path": f"{request.path}/"}
    else:
        detail = _("그런 주소가 없어요. /api/docs/에서 찾아보세요.")
    return problem(404, "not_found", detail)


@csrf_exempt
def nothing_here(request: HttpRequest) -> HttpResponse:
    """404 for an address of a package that the site has no use for."""
    raise Http404


def locked(request: HttpRequest, error: Locked) -> HttpResponse:
    """503: what was written can't be opened now, or nothing can be sealed. The log is told why."""
    if is_api(request) or request.path.startswith(HEADLESS):  # a second factor is sealed, too
        return locked_problem(request, error)
    log_locked(request, error)
    is_saving = request.method not in READS
    response = HttpResponse(render_to_string("503.html", {"is_saving": is_saving}), status=503)
    # Tells the service worker that this is no proxy's word for a site that is down.
    response["X-Site-Answer"] = "locked"
    return response


def ended(request: HttpRequest) -> HttpResponse:
    """401, or the log-in: the account of who asked has just ended."""
    if is_api(request):
        content = problem_json(401, "not_authenticated", _("이 계정은 지워졌어요."))
        return problem_response(content, {"WWW-Authenticate": "X-Session-Token"})
    return redirect(settings.LOGIN_URL)


def outage(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503: the site can neither read nor write now, for a reason that passes. The log is told which.

    A service worker takes it for a site that is down, as it should: what was written waits on the device, and is sent
    by itself later.
    """
    if is_api(request) or request.path.startswith(HEADLESS):
        response = outage_problem(request, error)
    else:
        log_outage(request, error)
        words = {"is_saving": request.method not in READS, "is_outage": True}
        response = HttpResponse(render_to_string("503.html", words), status=503)
        response["Retry-After"] = str(RETRY_AFTER_S)
    add_never_cache_headers(response)
    return response


def server_error(request: HttpRequest) -> HttpResponse:
    """500, or 503 for an outage that met a middleware: nothing here may depend on what has just failed."""
    error = sys.exception()
    if error is not None and is_outage(error):
        return outage(request, error)
    if is_api(request):
        return problem(500, "server_error", _("저희 쪽 문제예요. 조금 뒤에 다시 보내 주세요."))
    return defaults.server_error(request)
