"""How a phone says who it is: the session token that it got when it signed up or logged in."""

from typing import Any

from allauth.headless.contrib.rest_framework.authentication import XSessionTokenAuthentication
from django.utils import timezone
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.request import Request

from accounts.models import User
from accounts.sessions import note_activity


class SessionTokenAuthentication(XSessionTokenAuthentication):  # type: ignore[misc]
    """allauth's `X-Session-Token`, with a challenge: without one REST framework answers 403 where 401 is meant.

    As for a page, the request runs by its person's clock, until `moduhyu.middleware.TimeZoneMiddleware` ends that.
    """

    def authenticate(self, request: Request) -> tuple[User, Any] | None:
        found: tuple[User, Any] | None = super().authenticate(request)
        if found is not None:
            user, session = found
            timezone.activate(user.time_zone)
            note_activity(request, user=user, session_key=session.session_key)
        return found

    def authenticate_header(self, request: Request) -> str:
        return "X-Session-Token"


class SessionTokenScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]
    """The token in the OpenAPI document."""

    target_class = SessionTokenAuthentication
    name = "sessionToken"

    def get_security_definition(self, auto_schema: Any) -> dict[str, str]:
        return {
            "type": "apiKey",
            "in": "header",
            "name": "X-Session-Token",
            "description": "`meta.session_token` of the answer to `POST /_allauth/app/v1/auth/login` or `…/signup`.",
        }
