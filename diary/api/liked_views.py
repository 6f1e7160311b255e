"""The endpoint of what somebody likes, wherever they said so."""

from datetime import datetime

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param
from rest_framework.views import APIView

from diary import catalogue
from diary.api.catalog_serializers import ID_LIMIT, LikedPageSerializer, liked_json
from diary.api.queries import StrictQuery, bad_cursor, parse_moment, read_cursor, read_page_size, write_cursor
from diary.api.schema import CURSOR, PAGE_SIZE
from diary.api.views import DiaryApiRequest
from diary.models import Feedback


@method_decorator(never_cache, name="dispatch")
class LikedView(StrictQuery, APIView):
    """Films and tracks that the person likes."""

    query_names = {"get": ("cursor", "page_size")}

    @extend_schema(
        operation_id="list_liked",
        summary="좋아한 영화와 음악 List what was liked, the last first",
        description="What a curator has hidden is left out, and so are films that deal with suicide. What is given "
        "other feedback between two pages moves to the front of the first one. To take a like back, give or delete "
        "feedback on the film or track.",
        parameters=[CURSOR, PAGE_SIZE],
        responses={200: LikedPageSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        page = catalogue.list_liked(user=request.user, after=_read_place(request), limit=read_page_size(request))
        next_page = None
        if page.has_more:
            cursor = _write_place(page.likes[-1])
            next_page = replace_query_param(request.build_absolute_uri(), "cursor", cursor)
        return Response({"next": next_page, "results": [liked_json(liked) for liked in page.likes]})


def _write_place(feedback: Feedback) -> str:
    return write_cursor(feedback.given_at.isoformat(), str(feedback.pk))


def _read_place(request: Request) -> tuple[datetime, int] | None:
    """Where the page begins. Raises ValidationError for a cursor that no answer gave."""
    if (words := read_cursor(request, count=2)) is None:
        return None
    try:
        place = parse_moment(words[0]), int(words[1])
    except (ValueError, OverflowError):
        raise bad_cursor() from None
    if not 0 <= place[1] < ID_LIMIT:
        raise bad_cursor()
    return place
