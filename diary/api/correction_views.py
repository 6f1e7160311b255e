"""The endpoint of a writer's own word on what an entry feels like."""

from uuid import UUID

from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.response import Response
from rest_framework.views import APIView

from diary import services
from diary.api.queries import StrictQuery
from diary.api.schema import MISSING
from diary.api.serializers import CorrectionSerializer, EntrySerializer
from diary.api.views import DiaryApiRequest, entry_response, get_entry_or_404
from diary.models import Entry
from ml.labels import Emotion


@method_decorator(never_cache, name="dispatch")
class EntryCorrectionView(StrictQuery, APIView):
    """What the writer says that an entry feels like; it outranks what was read and stays beside it."""

    @extend_schema(
        operation_id="correct_emotion",
        summary="감정 고치기 Correct the emotion of an entry",
        description="Lists, filters and recommendations follow the correction; `analysis` keeps what was read. The "
        "entry's revision grows. Sending the same again changes nothing else.",
        request=CorrectionSerializer,
        responses={200: EntrySerializer, **MISSING},
    )
    def put(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        entry = get_entry_or_404(request, entry_id)
        serializer = CorrectionSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        try:
            entry = services.correct_emotion(entry=entry, emotion=Emotion(serializer.validated_data["label"]))
        except Entry.DoesNotExist:
            raise Http404 from None
        return entry_response(entry)

    @extend_schema(
        operation_id="undo_correction",
        summary="고친 감정 거두기 Take a correction back",
        description="The entry counts as what was read in it again.",
        responses={200: EntrySerializer, **MISSING},
    )
    def delete(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        try:
            entry = services.undo_correction(entry=get_entry_or_404(request, entry_id))
        except Entry.DoesNotExist:
            raise Http404 from None
        return entry_response(entry)
