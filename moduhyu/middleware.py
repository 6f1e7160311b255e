"""What stands between the server and the views, and is nobody else's."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone


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


def _time_zone_of(request: HttpRequest) -> str | None:
    """The time zone of who is logged in; None for nobody.

    Without a session cookie nobody is asked for, so that what is the same for everybody does not vary by cookie. With
    one, the page would have looked up its person anyway.
    """
    if settings.SESSION_COOKIE_NAME not in request.COOKIES or not request.user.is_authenticated:
        return None
    return request.user.time_zone
