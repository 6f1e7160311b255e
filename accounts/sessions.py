"""Where a person is logged in: the list, its ends, and when each was last used.

A row of allauth's UserSession lies beside each of Django's sessions: whose it is, from which address and device. Both
have a digest in the place of the session's key; functions here take the key itself.
"""

import logging
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from allauth.account.adapter import get_adapter
from allauth.usersessions.models import UserSession
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.models import Session
from django.db import IntegrityError, InternalError, OperationalError
from django.db.models import Exists, OuterRef
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from accounts.devices import device_of
from accounts.models import User
from accounts.security_log import tell
from accounts.session_store import stored_key

logger = logging.getLogger(__name__)

NOTED_EVERY = 15 * 60  # seconds between two notes of one process that a session is in use
LOGIN_LASTS = timedelta(hours=1)
NOTED_AT_ONCE = 10_000  # sessions that a process remembers to have noted

_noted: OrderedDict[str, float] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class LiveSession:
    """A session that is logged in now."""

    id: int
    user_agent: str
    ip: str
    created_at: datetime
    last_seen_at: datetime
    is_current: bool

    @property
    def device(self) -> str:
        """In words that its person recognises."""
        return device_of(self.user_agent)


def note_login(request: HttpRequest, *, user: User) -> None:
    """Put the session that has just begun onto the list."""
    if not request.session.session_key:
        request.session.save()
    note_activity(request, user=user, session_key=str(request.session.session_key))


def note_activity(request: HttpRequest, *, user: User, session_key: str) -> None:
    """Note that a session is in use, now and then: most calls cost a look into the memory of the process.

    A session from before this list was kept gets onto it so.
    """
    digest = stored_key(session_key)
    if _was_noted(digest):
        return
    try:
        _note(request, user, digest)
    except (OperationalError, InternalError) as error:
        # A database that takes no writes can still be read: a note is not worth a page. The next quarter has its own.
        logger.warning("a session's use is not noted: %s", type(error).__name__)
    except IntegrityError:
        # Another device has just ended the account: the view is to find that out, and to say so.
        logger.info("a session's use is not noted: its account has ended")


def _note(request: HttpRequest, user: User, digest: str) -> None:
    now, ip, user_agent = timezone.now(), get_adapter().get_client_ip(request), _user_agent(request)
    changed = UserSession.objects.filter(session_key=digest, user=user).update(
        last_seen_at=now, ip=ip, user_agent=user_agent
    )
    if not changed:
        row = UserSession(session_key=digest, user=user, ip=ip, user_agent=user_agent)
        UserSession.objects.bulk_create([row], ignore_conflicts=True)


def forget_noted() -> None:
    """Forget what this process has noted."""
    with _lock:
        _noted.clear()


def forget_ended() -> None:
    """Delete the sessions that are over, and what is known of their devices."""
    now = timezone.now()
    Session.objects.filter(expire_date__lte=now).delete()
    session = Session.objects.filter(session_key=OuterRef("session_key"))
    # A log-in that is under way has a device first and a session then.
    UserSession.objects.filter(~Exists(session), last_seen_at__lte=now - LOGIN_LASTS).delete()


def list_sessions(*, user: User, current_key: str | None) -> list[LiveSession]:
    """Where the user is logged in, the current session first, then the last used; two queries, and rows of sessions
    that have ended go.
    """
    rows = list(UserSession.objects.filter(user=user).order_by("-last_seen_at"))
    live = _live_digests(user, [row.session_key for row in rows])
    current = stored_key(current_key or "")
    ended = [row.pk for row in rows if row.session_key not in live]
    if ended:
        UserSession.objects.filter(pk__in=ended).delete()
    sessions = [
        LiveSession(
            id=row.pk,
            user_agent=row.user_agent,
            ip=row.ip,
            created_at=row.created_at,
            last_seen_at=row.last_seen_at,
            is_current=row.session_key == current,
        )
        for row in rows
        if row.session_key in live
    ]
    return sorted(sessions, key=lambda session: not session.is_current)


def end_session(request: HttpRequest, *, user: User, session_id: int) -> None:
    """End one of the user's sessions; the current one too. Raises UserSession.DoesNotExist for another's."""
    end_sessions(request, rows=[UserSession.objects.get(pk=session_id, user=user)])


def end_sessions(request: HttpRequest, *, rows: Sequence[UserSession]) -> None:
    """End these sessions; who ends the current one is logged out."""
    digests = {row.session_key for row in rows}
    if stored_key(request.session.session_key or "") in digests:
        get_adapter().logout(request)
    _end(digests)
    for row in rows:
        tell("sessions_ended", account=row.user_id, count=1)


def end_other_sessions(*, user: User, current_key: str | None) -> None:
    """End all sessions of the user but the current one, those that are on no list too."""
    ended = set(session_digests(user, is_about=lambda data: False)) - {stored_key(current_key or "")}
    _end(ended)
    tell("sessions_ended", account=user.pk, count=len(ended))


def forget_session(session_key: str) -> None:
    """Forget the device and the address of a session that has ended."""
    UserSession.objects.filter(session_key=stored_key(session_key)).delete()


def session_digests(user: User, *, is_about: Callable[[dict[str, Any]], bool]) -> Iterator[str]:
    """The sessions in which the user is logged in, and those that `is_about` says are about them, as stored.

    What is listed is found by its row. Only what is on nobody's list is opened: sessions of visitors, and of people
    who have not come back since the list is kept.
    """
    yield from UserSession.objects.filter(user=user).values_list("session_key", flat=True)
    listed = UserSession.objects.values("session_key")
    for session in Session.objects.exclude(session_key__in=listed).iterator(chunk_size=1000):
        data = session.get_decoded()
        if data.get(SESSION_KEY) == str(user.pk) or is_about(data):
            yield session.pk


def _end(digests: Iterable[str]) -> None:
    Session.objects.filter(pk__in=list(digests)).delete()
    UserSession.objects.filter(session_key__in=list(digests)).delete()


def _live_digests(user: User, digests: Iterable[str]) -> set[str]:
    """Those that have neither expired nor been ended by a new password."""
    sessions = Session.objects.filter(pk__in=list(digests), expire_date__gt=timezone.now())
    password = user.get_session_auth_hash()
    opened = ((session.pk, session.get_decoded()) for session in sessions)
    return {
        digest
        for digest, data in opened
        if data.get(SESSION_KEY) == str(user.pk) and constant_time_compare(data.get(HASH_SESSION_KEY, ""), password)
    }


def _was_noted(digest: str) -> bool:
    """Whether this process has noted the session lately; if not, it is about to."""
    now = time.monotonic()
    with _lock:
        if now - _noted.get(digest, -NOTED_EVERY) < NOTED_EVERY:
            return True
        _noted[digest] = now
        _noted.move_to_end(digest)
        while len(_noted) > NOTED_AT_ONCE:
            _noted.popitem(last=False)
    return False


def _user_agent(request: HttpRequest) -> str:
    return request.headers.get("User-Agent", "")[: UserSession._meta.get_field("user_agent").max_length]
