"""What stands between the server and the views, and is nobody else's."""

import re
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import REDIRECT_FIELD_NAME
from django.core.exceptions import ObjectDoesNotExist
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.middleware.common import CommonMiddleware
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.cache import add_never_cache_headers
from django.utils.http import urlencode
from django_htmx.http import HttpResponseClientRedirect

from accounts.encryption.sealing import Locked
from accounts.security_log import REFUSED, account_of, tell
from accounts.services import is_gone
from accounts.sessions import note_activity
from diary.api.problem import READS, is_api
from diary.outage import is_outage
from moduhyu.errors import ended, locked, outage
from moduhyu.log_context import route_of


class HtmxLoginMiddleware:
    """Leads the whole page to the log-in where a part of it was asked for after the session had ended.

    The browser would follow the redirect by itself and put the log-in page in the place of the part. Back comes the
    person to the page, not to the part.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        login_url = resolve_url(settings.LOGIN_URL)
        if not request.htmx or not (response.status_code == 302 and response["Location"].startswith(login_url)):  # type: ignore[attr-defined]
            return response
        page = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
        return HttpResponseClientRedirect(f"{login_url}?{urlencode({REDIRECT_FIELD_NAME: page})}")


class SlashMiddleware(CommonMiddleware):
    """Django's, which leads to the address with a slash at its end, but not what would lose its body on the way.

    A write to the API is told the right address instead, by `moduhyu.errors.not_found`.
    """

    def should_redirect_with_slash(self, request: HttpRequest) -> bool:
        if is_api(request) and request.method not in READS:
            return False
        return bool(super().should_redirect_with_slash(request))


class ApiGZipMiddleware(GZipMiddleware):
    """Compresses JSON of the API, and its description: a ZIP is compressed already, and pages hold secrets (BREACH).

    BREACH guesses a secret by the length of many compressed answers to requests that another site has a browser send.
    A browser sends cookies by itself, so what is asked for with a session cookie is not compressed; a token it can't.
    Hence the length need not be blurred, and a HEAD tells the Content-Length of its GET.
    """

    max_random_bytes = 0

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        if not is_api(request) or response.streaming or not _is_compressible(response):
            return response
        if settings.SESSION_COOKIE_NAME in request.COOKIES:
            return response
        return super().process_response(request, response)


class PermissionsPolicyMiddleware:
    """Tells browsers what no page of the site may use, whatever script or frame asks for it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response["Permissions-Policy"] = settings.PERMISSIONS_POLICY
        return response


class PrivateMiddleware:
    """Lets nobody keep what is shown within a session, unless its view says otherwise: pages of allauth say nothing.

    After a log-out on a shared computer, the back button must show nothing of them.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if _has_session(request) and "Cache-Control" not in response:
            add_never_cache_headers(response)
        return response


class SecurityLogMiddleware:
    """Tells the security log of who asks too often, and of who has no business in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        route = route_of(request)
        if response.status_code == 429:
            tell("limit_reached", account=account_of(request), outcome=REFUSED, route=route)
        elif response.status_code == 403 and route.startswith("admin/"):
            tell("admin_access", account=account_of(request), outcome=REFUSED, route=route)
        return response


class TimeZoneMiddleware:
    """Lets a request run by its person's clock: `timezone.localdate()` is their day, and times are shown as theirs.

    What an authenticator of the API activates instead ends with the request too. A streamed answer is made later, by
    the site's clock: it has to activate the zone itself.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with timezone.override(_time_zone_of(request)):
            return self.get_response(request)


class SessionActivityMiddleware:
    """Notes now and then that a browser's session is in use; what tokens of apps do, their authenticator notes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if _has_session(request) and request.user.is_authenticated and request.session.session_key:
            note_activity(request, user=request.user, session_key=request.session.session_key)
        return self.get_response(request)


class LockedMiddleware:
    """Answers for every view to which a text did not open, or which could not seal one."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page or a problem document that says so; None for what is none of it."""
        if not isinstance(exception, Locked):
            return None
        response = locked(request, exception)
        add_never_cache_headers(response)
        return response


class EndedAccountMiddleware:
    """Answers for a view that failed because another device ended the account meanwhile: nobody is logged in now."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The log-in, or a problem document that asks for it; None for what has another cause."""
        if not isinstance(exception, IntegrityError | ObjectDoesNotExist):
            return None
        if not request.user.is_authenticated or not is_gone(request.user):
            return None
        return ended(request)


class OutageMiddleware:
    """Answers for every view that met a database which is lost, read-only or full."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """A page or a problem document that says so; None for what is none of it."""
        return outage(request, exception) if is_outage(exception) else None


def _is_compressible(response: HttpResponseBase) -> bool:
    """Whether it is JSON, or the API's own description."""
    return (
        re.match(r"application/(json|problem\+json|vnd\.oai\.openapi)", response.headers.get("Content-Type", ""))
        is not None
    )


def _time_zone_of(request: HttpRequest) -> str | None:
    """The time zone of who is logged in; None for nobody.

    Without a session cookie nobody is asked for, so that what is the same for everybody does not vary by cookie. With
    one, the page would have looked up its person anyway.
    """
    if not _has_session(request) or not request.user.is_authenticated:
        return None
    return request.user.time_zone


def _has_session(request: HttpRequest) -> bool:
    return settings.SESSION_COOKIE_NAME in request.COOKIES
