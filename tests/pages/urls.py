"""The site's addresses, and one for each error page: no click leads to a 500."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import path

from moduhyu.urls import *  # noqa: F403
from moduhyu.urls import urlpatterns as site_urlpatterns


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """The page as `moduhyu.errors` answers with it: without a context."""
    return HttpResponse(render_to_string(f"{name}.html"), status=int(name[:3]))


def too_often_page(request: HttpRequest) -> HttpResponse:
    """The page on which a text waits that was sent too soon."""
    return render(
        request, "diary/too_often.html", {"is_again": True, "text": "퇴근길에 비가 왔다.", "minutes": 2}, status=429
    )


urlpatterns = [
    path("errors/too-often/", too_often_page),
    path("errors/<str:name>/", error_page),
    *site_urlpatterns,
]
