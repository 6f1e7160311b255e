"""What allauth's API for apps does by functions of this site."""

from typing import Any

from allauth.account.internal.flows.reauthentication import raise_if_reauthentication_required
from allauth.headless.account.views import ChangePasswordView
from allauth.headless.base.response import APIResponse, AuthenticationResponse
from allauth.headless.usersessions.views import SessionsView
from django.http import HttpResponse

from accounts import sessions
from accounts.views import AccountRequest


class AppSessionsView(SessionsView):  # type: ignore[misc]
    """Where one is logged in, and the end of it: the page 로그인한 기기, in allauth's words."""

    def get(self, request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sessions.note_login(request, user=request.user)  # a new password gives a session a new key
        found = sessions.list_sessions(user=request.user, current_key=request.session.session_key)
        response: HttpResponse = APIResponse(request, data=[_as_allauth(session) for session in found])
        return response

    def delete(self, request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        sessions.end_sessions(request, rows=self.input.cleaned_data["sessions"])
        if request.user.is_authenticated:
            return self.get(request)
        response: HttpResponse = AuthenticationResponse(request)
        return response


class AppPasswordView(ChangePasswordView):  # type: ignore[misc]
    """A new password, or a first one: who has none to type shows by a second factor who they are."""

    def post(self, request: AccountRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.has_usable_password():
            raise_if_reauthentication_required(request, app="allauth.account")
        response: HttpResponse = super().post(request, *args, **kwargs)
        return response


def _as_allauth(session: sessions.LiveSession) -> dict[str, Any]:
    return {
        "id": session.id,
        "user_agent": session.user_agent,
        "ip": session.ip,
        "created_at": session.created_at.timestamp(),
        "last_seen_at": session.last_seen_at.timestamp(),
        "is_current": session.is_current,
    }
