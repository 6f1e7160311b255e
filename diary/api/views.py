"""The endpoints of the API: each translates a request into one call of a service or selector, and back."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any, cast
from uuid import UUID

from django.http import Http404
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_view
from rest_framework import exceptions, status, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.models import User
from diary import selectors, services
from diary.api.errors import (
    EntryDeletedError,
    EntryExistsError,
    MatchRequiredError,
    ProblemSerializer,
    StaleEntryError,
)
from diary.api.etags import revisions_in
from diary.api.fields import DAY
from diary.api.pagination import EntryPagination
from diary.api.queries import StrictQuery, read_include
from diary.api.schema import CURSOR, ENTITY_TAGS, IF_MATCH, INCLUDE, MISSING, PAGE_SIZE, problem_at
from diary.api.serializers import ENTRY, EntrySerializer, ListedEntrySerializer, StaleProblemSerializer, entries_json
from diary.api.sync import changes_response
from diary.api.sync_schema import SYNCING, UPDATED_SINCE
from diary.models import Entry, EntryQuerySet
from ml.labels import Emotion

PRECONDITION = {
    (412, "application/problem+json"): StaleProblemSerializer,
    (428, "application/problem+json"): ProblemSerializer,
}


class DiaryApiRequest(Request):
    """A request of a person who is logged in, as the default permission makes it."""

    user: User


@extend_schema_view(
    list=extend_schema(
        operation_id="list_entries",
        summary="지난 일기 List entries, newest first, or what changed since",
        description=SYNCING,
        parameters=[
            UPDATED_SINCE,
            CURSOR,
            PAGE_SIZE,
            INCLUDE,
            OpenApiParameter(
                "q",
                str,
                description="Only entries with all of these words, as parts of words and with any particle (조사).",
            ),
            OpenApiParameter(
                "emotion", {"$ref": "#/components/schemas/Emotion"}, description="Only entries that count as this."
            ),
            OpenApiParameter("tag", str, description="Only entries with this tag."),
            OpenApiParameter("from", date, description="Only entries of this day and later."),
            OpenApiParameter("to", date, description="Only entries of this day and earlier."),
        ],
        responses={200: ListedEntrySerializer(many=True), **problem_at(400, 410)},
    ),
    retrieve=extend_schema(
        operation_id="read_entry", summary="일기 하나 Read an entry", responses={200: EntrySerializer, **MISSING}
    ),
    create=extend_schema(
        operation_id="create_entry",
        summary="일기 쓰기 Write an entry",
        responses={
            201: EntrySerializer,
            200: OpenApiResponse(EntrySerializer, description="The same entry was saved before."),
            **problem_at(409, 410),
        },
    ),
    partial_update=extend_schema(
        operation_id="update_entry",
        summary="일기 고치기 Change an entry",
        parameters=[IF_MATCH],
        responses={
            200: EntrySerializer,
            **PRECONDITION,
            **MISSING,
        },
    ),
    destroy=extend_schema(
        operation_id="delete_entry",
        summary="일기 지우기 Delete an entry",
        parameters=[IF_MATCH],
        responses={204: None, **PRECONDITION, **MISSING},
    ),
)
@method_decorator(never_cache, name="dispatch")
class EntryViewSet(StrictQuery, viewsets.GenericViewSet):
    """The entries of the person who asks."""

    request: DiaryApiRequest
    serializer_class = EntrySerializer
    pagination_class = EntryPagination
    queryset = Entry.objects.none()
    query_names = {"list": ("q", "emotion", "tag", "from", "to", "cursor", "page_size", "updated_since", "include")}
    lookup_value_converter = "uuid"

    def get_queryset(self) -> EntryQuerySet | selectors.FoundEntries:  # type: ignore[override]
        emotion = self.request.query_params.get("emotion")
        if emotion is not None and emotion not in set(Emotion):
            choices = ", ".join(Emotion)
            raise exceptions.ValidationError(
                {"emotion": [_("다음 중 하나로 보내 주세요: %(choices)s") % {"choices": choices}]}
            )
        words = self.request.query_params.get("q", "")
        entries = selectors.list_entries(
            user=self.request.user,
            emotion=emotion or "",
            tag=self.request.query_params.get("tag", ""),
            first=read_day(self.request, "from"),
            last=read_day(self.request, "to"),
        )
        if read_include(self.request):
            entries = selectors.with_recommendations(entries)
        return selectors.find_entries(entries, words, self.request.user) if words else entries

    def list(self, request: DiaryApiRequest) -> Response:
        if "updated_since" in request.query_params:
            return changes_response(request, request.user)
        # Found entries are as much of a queryset as paging asks for.
        page = self.paginate_queryset(cast(EntryQuerySet, self.get_queryset()))
        return self.get_paginated_response(entries_json(page or [], with_recommendations=read_include(request)))

    def retrieve(self, request: DiaryApiRequest, pk: Any) -> Response:
        return entry_response(get_entry_or_404(request, pk))

    def create(self, request: DiaryApiRequest) -> Response:
        data = self._validated(request)
        try:
            entry, is_new = services.create_entry(
                user=request.user,
                text=data["text"],
                written_on=data["written_on"],
                tags=data.get("tag_names", ()),
                entry_id=data.get("id"),
            )
        except services.EntryExists as error:
            raise EntryExistsError from error
        except services.EntryDeleted as error:
            raise EntryDeletedError from error
        return entry_response(entry, status.HTTP_201_CREATED if is_new else status.HTTP_200_OK)

    def partial_update(self, request: DiaryApiRequest, pk: Any) -> Response:
        entry = get_entry_or_404(request, pk)
        revision = _read_revision(request, entry)
        data = self._validated(request, entry)
        with self._translated_errors():
            entry = services.update_entry(
                entry=entry,
                text=data.get("text", entry.text),
                written_on=data.get("written_on", entry.written_on),
                tags=data.get("tag_names"),
                # What is not sent stays as it was read: that must not undo what came since, `*` or not.
                revision=entry.revision if revision is None else revision,
            )
        return entry_response(entry)

    def destroy(self, request: DiaryApiRequest, pk: Any) -> Response:
        entry = get_entry_or_404(request, pk)
        with self._translated_errors():
            services.delete_entry(entry=entry, revision=_read_revision(request, entry))
        return Response(status=status.HTTP_204_NO_CONTENT)

    @contextmanager
    def _translated_errors(self) -> Iterator[None]:
        """What services and selectors raise, as answers: 404 and 412."""
        try:
            yield
        except Entry.DoesNotExist:
            raise Http404 from None
        except services.StaleEntry as stale:
            current = get_entry_or_404(self.request, stale.current.pk)
            raise StaleEntryError(ENTRY.to_representation(current)) from stale

    def _validated(self, request: DiaryApiRequest, entry: Entry | None = None) -> dict[str, Any]:
        serializer = self.get_serializer(entry, data=request.data, partial=entry is not None)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)


def get_entry_or_404(request: DiaryApiRequest, entry_id: UUID) -> Entry:
    """The entry of the person who asks. Raises Http404, for another person's entry as well."""
    try:
        return selectors.get_entry(user=request.user, entry_id=entry_id)
    except Entry.DoesNotExist:
        raise Http404 from None


def entry_response(entry: Entry, code: int = status.HTTP_200_OK) -> Response:
    """The whole entry, with the revision that the ETag begins with."""
    return Response(ENTRY.to_representation(entry), status=code, headers={"ETag": f'"{entry.revision}"'})


def read_day(request: Request, name: str) -> date | None:
    """A day of the query, None where it is not asked for. Raises ValidationError."""
    if (value := request.query_params.get(name)) is None:
        return None
    try:
        # Python reads more of ISO 8601's ways to write a day than the document names.
        return date.fromisoformat(value if DAY.fullmatch(value) else "")
    except ValueError:
        raise exceptions.ValidationError({name: [_("2026-11-26처럼 날짜를 보내 주세요.")]}) from None


def _read_revision(request: Request, entry: Entry) -> int | None:
    """The entry's own revision if If-Match names it, 0 if it names others, None for `*`, which stands for any.

    Raises MatchRequiredError without one, ValidationError for what is no entity tag.
    """
    tag = request.headers.get("If-Match", "").strip()
    if not tag:
        raise MatchRequiredError
    if not re.fullmatch(ENTITY_TAGS, tag, re.ASCII):
        raise exceptions.ValidationError({"If-Match": [_('"3"이나 *처럼 보내 주세요.')]})
    read = revisions_in(tag)
    return None if read is None else entry.revision if entry.revision in read else 0
