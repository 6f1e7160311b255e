"""How the list of entries is paged."""

from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from diary.api.queries import bad_cursor, parse_moment, read_cursor, read_page_size, write_cursor
from diary.api.sync_schema import CHANGES
from diary.entry_pages import Place, page_before, page_behind
from diary.models import Entry, EntryQuerySet
from diary.selectors import FoundEntries

_OLDER, _NEWER = "older", "newer"


class _Cursor(NamedTuple):
    """What is asked for: the entries on one side of a place."""

    side: str
    place: Place


class EntryPagination(BasePagination):
    """Newest first; a page stays where it is while entries are added.

    REST framework's own CursorPagination knows a place by one field, here the day, and counts on within the day, as
    far as a thousand: of a day with more entries it would answer the second thousand again and again.
    """

    def paginate_queryset(  # type: ignore[override]
        self, queryset: EntryQuerySet | FoundEntries, request: Request, view: Any = None
    ) -> list[Entry]:
        """The page that the request asks for. Raises ValidationError for a cursor that no answer gave."""
        size, cursor = read_page_size(request), _read_cursor(request)
        if cursor is not None and cursor.side == _NEWER:
            self._page = page_before(queryset, cursor.place, size)
        else:
            self._page = page_behind(queryset, cursor and cursor.place, size)
        self._address = request.build_absolute_uri()
        return self._page.entries

    def get_paginated_response(self, data: Any) -> Response:
        """The page with the addresses of those beside it."""
        following, previous = self._link(_OLDER, self._page.older), self._link(_NEWER, self._page.newer)
        return Response({"next": following, "previous": previous, "results": data})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        """What the OpenAPI document tells of it."""
        properties = {**CHANGES, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}

    def _link(self, side: str, place: Place | None) -> str | None:
        if place is None:
            return None
        day, moment, entry_id = place
        cursor = write_cursor(side, day.isoformat(), moment.isoformat(), str(entry_id))
        return str(replace_query_param(self._address, "cursor", cursor))


def _read_cursor(request: Request) -> _Cursor | None:
    """Raises ValidationError."""
    if (words := read_cursor(request, count=4)) is None:
        return None
    side, day, moment, entry_id = words
    try:
        place = Place(date.fromisoformat(day), parse_moment(moment), UUID(entry_id))
    except (ValueError, OverflowError):
        raise bad_cursor() from None
    if side not in (_OLDER, _NEWER):
        raise bad_cursor()
    return _Cursor(side, place)
