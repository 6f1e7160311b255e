"""What pages share around their views."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST


def limited_as(**scopes: str) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Names the bucket of a view by method, where it is not the usual one: `@limited_as(POST="heavy")`.

    See diary.api.throttles.scope_of, and diary.page_limits for who takes the token.
    """

    def named(view: Callable[..., Any]) -> Callable[..., Any]:
        view.throttle_scopes = scopes  # type: ignore[attr-defined]
        return view

    return named


def post_or_go_back(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For views that only take POST: GET leads to the entry's page, or home.

    Whoever has to log in first, with a form that they sent, comes back by GET: a 405 would leave them on a blank page.
    """

    @wraps(view)
    def checked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if request.method not in {"GET", "HEAD"}:
            return require_POST(view)(request, *args, **kwargs)
        if "entry_id" in kwargs:
            return redirect("diary:entry-detail", entry_id=kwargs["entry_id"])
        return redirect("diary:home")

    return checked
