"""How often a person may ask for pages: out of the API's buckets, so that there is one budget for a person."""

import math
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import add_never_cache_headers

from diary.api.throttles import scope_of, seconds_to_wait

PAGES = "diary"  # the namespace of their addresses
MINUTE = 60  # seconds
SECRETS = {"password"}  # fields that no page is to hold


class PageLimitMiddleware:
    """Takes a token for each page of the diary that is asked for within a session.

    Who is not logged in sees only what is the same for everybody, and log-ins have limits of their own.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        """The page that says when to come back, None where there is a token."""
        match = request.resolver_match
        if match is None or match.namespaces != [PAGES] or settings.SESSION_COOKIE_NAME not in request.COOKIES:
            return None
        if not request.user.is_authenticated:
            return None
        wait = seconds_to_wait(scope_of(request, view), f"user:{request.user.pk}")
        return too_often(request, wait) if wait else None


def too_often(request: HttpRequest, wait: float) -> HttpResponse:
    """429: what was typed stands on the page, which sends the same again.

    The draft stays in the browser as well, and the same entry, sent twice, is saved once. A file can't be put back
    into a page: it has to be chosen again, as a password has to be typed again.
    """
    is_again = request.method == "POST" and not request.FILES and SECRETS.isdisjoint(request.POST)
    sent = [] if not is_again else [(name, value) for name, values in request.POST.lists() for value in values]
    context = {
        "text": request.POST.get("text", ""),
        "sent": [(name, value) for name, value in sent if name not in {"csrfmiddlewaretoken", "text"}],
        "is_again": is_again,
        "minutes": math.ceil(wait / MINUTE) if wait > MINUTE else 0,
    }
    response = render(request, "diary/too_often.html", context, status=429)
    response["Retry-After"] = str(math.ceil(wait))
    add_never_cache_headers(response)
    return response
