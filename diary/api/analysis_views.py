"""The endpoint of what was read in an entry."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from diary import services
from diary.api.errors import NotReadYetError
from diary.api.queries import StrictQuery
from diary.api.recommendation_views import UNREAD
from diary.api.schema import MISSING
from diary.api.serializers import AnalysisSerializer
from diary.api.views import DiaryApiRequest, get_entry_or_404
from diary.models import Entry


class ReadingSerializer(serializers.Serializer):
    """An entry that is still to be read, or read anew. It has been once `analyzed_at` has changed."""

    status = serializers.ChoiceField(
        choices=Entry.Status.choices,
        help_text="`failed`: it could not be read now, and is tried again later. `analyzed`: what was read before "
        "stands.",
    )
    analyzed_at = serializers.DateTimeField(allow_null=True, help_text="Of the analysis that stands; null for none.")


@method_decorator(never_cache, name="dispatch")
class EntryAnalysisView(StrictQuery, APIView):
    """What was read in an entry."""

    @extend_schema(
        operation_id="read_analysis",
        summary="읽은 마음 What was read in an entry",
        responses={200: AnalysisSerializer, **UNREAD, **MISSING},
    )
    def get(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        analysis = get_entry_or_404(request, entry_id).current_analysis
        if analysis is None:
            raise NotReadYetError
        return Response(AnalysisSerializer(analysis).data)

    @extend_schema(
        operation_id="update_analysis",
        summary="다시 읽기 Have an entry read again",
        description="With the model in use, whether or not the entry was read before. What was read before stays "
        "until then, and where reading fails. A correction stays, the entry's revision too, and so does what it is "
        "answered with as far as that still fits.",
        request=None,
        responses={
            200: AnalysisSerializer,
            202: OpenApiResponse(ReadingSerializer, description="It is read later: ask for the analysis again."),
            **MISSING,
        },
    )
    def post(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        entry = get_entry_or_404(request, entry_id)
        read_before = _analyzed_at(entry)
        try:
            entry = services.analyze_again(entry=entry)
        except Entry.DoesNotExist:
            raise Http404 from None
        if entry.current_analysis is not None and _analyzed_at(entry) != read_before:
            return Response(AnalysisSerializer(entry.current_analysis).data)
        waiting = ReadingSerializer({"status": entry.status, "analyzed_at": _analyzed_at(entry)})
        return Response(waiting.data, status=status.HTTP_202_ACCEPTED)


def _analyzed_at(entry: Entry) -> Any:
    return entry.current_analysis.analyzed_at if entry.current_analysis else None
