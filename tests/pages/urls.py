"""The site's addresses, and one for each error page: no click leads to a 500."""

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import path

from moduhyu.urls import *  # noqa: F403
from moduhyu.urls import urlpatterns as site_urlpatterns


def error_page(request: HttpRequest, name: str) -> HttpResponse:
    """The page as `moduhyu.errors` answers with it: without a context."""
    return HttpResponse(render_to_string(f"{name}.html"), status=int(name[:3]))


urlpatterns = [path("errors/<str:name>/", error_page), *site_urlpatterns]
