"""What allauth asks the site about accounts."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest

from accounts.sessions import forget_session


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """allauth's own, but that nothing is kept of a session that has ended."""

    def logout(self, request: HttpRequest) -> None:
        """End the session, and forget its device and address."""
        session_key = request.session.session_key
        super().logout(request)
        if session_key:
            forget_session(session_key)
