"""Sessions in the database, each under a digest of its key: whoever reads the database cannot log in by what is there.

The key itself, which is an app's token too, is in the browser or the app alone. It is 165 random bits, so that a plain
hash hides it: there is nothing to guess it from, and nothing for a salt to slow down.
"""

import hashlib
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.base_session import AbstractBaseSession
from django.contrib.sessions.models import Session
from django.db.models import QuerySet
from django.utils import timezone

STORED_LENGTH = 40  # what the columns of Django and of allauth have room for: 160 bits


def stored_key(session_key: str) -> str:
    """What stands in the database for a session's key: the first 40 hexadecimal digits of its SHA-256."""
    return hashlib.sha256(session_key.encode(errors="surrogatepass")).hexdigest()[:STORED_LENGTH]


class SessionStore(db.SessionStore):
    """Django's own, but that every way into the table leads through `stored_key`.

    `session_key` is the key itself, as everywhere in Django. The class must be called as Django's: its name is in the
    salt by which contents are signed, and `Session.get_decoded` checks them by Django's.
    """

    def load(self) -> dict[str, Any]:
        """What the session holds; nothing, and the key is forgotten, where it is missing or over."""
        return self._opened(self._live_rows().first())

    async def aload(self) -> dict[str, Any]:
        return self._opened(await self._live_rows().afirst())

    def exists(self, session_key: str) -> bool:
        return super().exists(stored_key(session_key))

    async def aexists(self, session_key: str) -> bool:
        return await super().aexists(stored_key(session_key))

    def create_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        return _under_digest(super().create_model_instance(data))

    async def acreate_model_instance(self, data: dict[str, Any]) -> AbstractBaseSession:
        return _under_digest(await super().acreate_model_instance(data))

    def delete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            super().delete(stored_key(key))

    async def adelete(self, session_key: str | None = None) -> None:
        if key := session_key or self.session_key:
            await super().adelete(stored_key(key))

    def _live_rows(self) -> QuerySet[Session]:
        key = stored_key(self.session_key or "")
        return Session.objects.filter(session_key=key, expire_date__gt=timezone.now())

    def _opened(self, row: Session | None) -> dict[str, Any]:
        if row is None:
            self._session_key = None
            return {}
        return self.decode(row.session_data)


def _under_digest(row: AbstractBaseSession) -> AbstractBaseSession:
    row.session_key = stored_key(row.session_key)
    return row
