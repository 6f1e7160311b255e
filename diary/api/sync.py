"""Syncing: what changed since a moment, page by page, deletions included."""

from datetime import UTC, datetime, time, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from diary import changes
from diary.api.errors import SyncExpiredError
from diary.api.queries import (
    bad_cursor,
    parse_moment,
    read_cursor,
    read_include,
    read_moment,
    read_page_size,
    refuse_unknown_query,
    write_cursor,
)
from diary.api.serializers import entries_json
from diary.models import Entry, Tombstone, oldest_kept
from diary.outage import is_outage

QUERY = ("updated_since", "cursor", "page_size", "include")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# No transaction stays open for as long: whatever began before has been told of.
LONGEST_WRITE = timedelta(days=1)


class _Cursor(NamedTuple):
    """Where the next page begins, and when the first was asked for."""

    began_at: datetime
    position: changes.Position


def changes_response(request: Request, user: Any) -> Response:
    """The changes that the query asks for. Raises ValidationError and SyncExpiredError."""
    refuse_unknown_query(request, QUERY)
    since = read_moment(request, "updated_since")
    if since > timezone.now() + LONGEST_WRITE and not _was_told(user, since):
        raise exceptions.ValidationError({"updated_since": [_("아직 오지 않은 시각이에요.")]})
    cursor = _read_cursor(request)
    if cursor is None:
        cursor = _Cursor(timezone.now(), changes.Position(since))
        is_expired = EPOCH < since < oldest_kept()
    else:
        is_expired = cursor.began_at < oldest_kept()
    if is_expired:
        raise SyncExpiredError
    page = changes.list_changes(
        user=user,
        after=cursor.position,
        limit=read_page_size(request),
        with_recommendations=read_include(request),
    )
    return Response(_page_json(request, user, cursor, page))


def _was_told(user: Any, since: datetime) -> bool:
    """Whether a phone may have the moment from us, by a clock that was ahead then."""
    newest = changes.newest_moment(user.pk)
    return newest is not None and since <= newest


def _page_json(request: Request, user: Any, cursor: _Cursor, page: changes.Changes) -> dict[str, Any]:
    following = None
    if page.has_more:
        address = request.build_absolute_uri()
        following = replace_query_param(address, "cursor", _write_cursor(cursor._replace(position=page.last)))
    return {
        "next": following,
        "previous": None,
        "results": entries_json(
            [item for item in page.items if isinstance(item, Entry)], with_recommendations=read_include(request)
        ),
        "deleted": [
            {"id": str(item.entry_id), "deleted_at": _utc(item.deleted_at)}
            for item in page.items
            if isinstance(item, Tombstone)
        ],
        "next_updated_since": None if page.has_more else _utc(_told_until(user, page)),
    }


def _told_until(user: Any, page: changes.Changes) -> datetime:
    """The moment to ask from the next time: the newest change, and in a quiet diary one that does not grow too old.

    A whole day, so that asking a quiet diary again gives the same answer, and the same ETag.
    """
    quiet = datetime.combine((timezone.now() - LONGEST_WRITE).astimezone(UTC), time(), UTC)
    if page.until is not None and page.until >= quiet:
        return page.until
    try:
        changes.promise_later(user.pk, quiet)
    except DatabaseError as error:
        if not is_outage(error):
            raise
        return page.until or EPOCH  # a database that takes no writes can be read, and the moment grow older
    return quiet


def _utc(moment: datetime) -> str:
    """With Z: the + of an offset would have to be escaped in an address."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def _write_cursor(cursor: _Cursor) -> str:
    began_at, (changed_at, entry_id) = cursor
    return write_cursor(began_at.isoformat(), changed_at.isoformat(), str(entry_id))


def _read_cursor(request: Request) -> _Cursor | None:
    """Raises ValidationError."""
    if (words := read_cursor(request, count=3)) is None:
        return None
    began_at, changed_at, entry_id = words
    try:
        return _Cursor(parse_moment(began_at), changes.Position(parse_moment(changed_at), UUID(entry_id)))
    except (ValueError, OverflowError):
        raise bad_cursor() from None
