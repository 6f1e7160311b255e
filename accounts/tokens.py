"""Session tokens of mobile apps, looked up in one query."""

from allauth.headless.tokens.strategies.sessions import SessionTokenStrategy
from django.contrib.auth import SESSION_KEY

from accounts.session_store import SessionStore


class OneQuerySessionTokenStrategy(SessionTokenStrategy):  # type: ignore[misc]
    """allauth's own strategy asks whether the session exists, and then reads it: on every request of an app."""

    def lookup_session(self, session_token: str) -> SessionStore | None:
        """The session of a token; None for one that is missing or expired, whose key Django clears on reading it."""
        session = SessionStore(session_token)
        session.get(SESSION_KEY)
        return session if session.session_key else None
