"""The endpoints of what entries are answered with, and of feedback on it."""

from typing import Any
from uuid import UUID

from django.http import Http404
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import status
from rest_framework.response import Response
from rest_framework.views import APIView

from diary import selectors, services
from diary.api.errors import NotReadYetError, ProblemSerializer
from diary.api.queries import StrictQuery
from diary.api.schema import MISSING
from diary.api.serializers import (
    AskForOthersSerializer,
    FeedbackSerializer,
    OthersSerializer,
    StrategyAnswerSerializer,
    StrategySerializer,
    answer_json,
    feedback_json,
)
from diary.api.views import DiaryApiRequest, get_entry_or_404
from diary.feedback import give_feedback
from diary.models import Entry, Recommendation
from ml.labels import Strategy

UNREAD = {
    (409, "application/problem+json"): OpenApiResponse(ProblemSerializer, description="The entry is still unread.")
}


@method_decorator(never_cache, name="dispatch")
class EntryRecommendationsView(StrictQuery, APIView):
    """What an entry is answered with."""

    query_names = {"get": ("strategy",)}

    @extend_schema(
        operation_id="read_recommendations",
        summary="추천 What an entry is answered with",
        parameters=[
            OpenApiParameter(
                "strategy", {"$ref": "#/components/schemas/Strategy"}, description="`match` (공감) unless given."
            )
        ],
        responses={200: StrategyAnswerSerializer, **UNREAD, **MISSING},
    )
    def get(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        serializer = StrategySerializer(data={"strategy": request.query_params.get("strategy", Strategy.MATCH)})
        serializer.is_valid(raise_exception=True)
        entry = get_entry_or_404(request, entry_id)
        return Response(_answer(entry, Strategy(serializer.validated_data["strategy"])))


@method_decorator(never_cache, name="dispatch")
class EntryOthersView(StrictQuery, APIView):
    """Other films and tracks than an entry is answered with."""

    @extend_schema(
        operation_id="recommend_others",
        summary="다른 추천 Ask for other films and tracks",
        description="Nothing comes that the person was shown within 30 days, dislikes or has seen. A list of which "
        "nothing is left stays as it is.",
        request=AskForOthersSerializer,
        responses={200: OthersSerializer, **UNREAD, **MISSING},
    )
    def post(self, request: DiaryApiRequest, entry_id: UUID) -> Response:
        entry = get_entry_or_404(request, entry_id)
        serializer = AskForOthersSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        strategy = Strategy(serializer.validated_data["strategy"])
        try:
            entry, has_others = services.recommend_again(
                entry=entry, strategy=strategy, newest_id=serializer.validated_data.get("newest_id")
            )
        except Entry.DoesNotExist:
            raise Http404 from None
        return Response(_answer(entry, strategy) | {"has_others": has_others})


@method_decorator(never_cache, name="dispatch")
class FeedbackView(StrictQuery, APIView):
    """What the person says of a film or track that they were recommended."""

    @extend_schema(
        operation_id="give_feedback",
        summary="좋아요, 별로예요, 봤어요 Give feedback on a film or track",
        description="Holds for the film or track wherever it is recommended. Sending the same again changes nothing.",
        request=FeedbackSerializer,
        responses={200: FeedbackSerializer, **MISSING},
    )
    def put(self, request: DiaryApiRequest, recommendation_id: int) -> Response:
        _get_recommendation(request, recommendation_id)
        serializer = FeedbackSerializer(data=request.data)
        serializer.is_valid(raise_exception=True)
        data = serializer.validated_data
        return Response(self._give(request, recommendation_id, data["opinion"] or "", data["is_seen"]))

    @extend_schema(
        operation_id="take_feedback_back",
        summary="의견 거두기 Take feedback back",
        responses={204: None, **MISSING},
    )
    def delete(self, request: DiaryApiRequest, recommendation_id: int) -> Response:
        self._give(request, recommendation_id, "", is_seen=False)
        return Response(status=status.HTTP_204_NO_CONTENT)

    def _give(self, request: DiaryApiRequest, recommendation_id: int, opinion: str, is_seen: bool) -> dict[str, Any]:
        try:
            recommendation = give_feedback(
                user=request.user, recommendation_id=recommendation_id, opinion=opinion, is_seen=is_seen
            )
        except Recommendation.DoesNotExist:
            raise Http404 from None
        return feedback_json(recommendation.feedback)


def _get_recommendation(request: DiaryApiRequest, recommendation_id: int) -> Recommendation:
    """Before the body is looked at: another person's recommendation is a 404 whatever is sent."""
    try:
        return selectors.get_recommendation(user=request.user, recommendation_id=recommendation_id)
    except Recommendation.DoesNotExist:
        raise Http404 from None


def _answer(entry: Entry, strategy: Strategy) -> dict[str, Any]:
    """Raises NotReadYetError."""
    answer = selectors.answer_of(entry, strategy)
    if answer is None:
        raise NotReadYetError
    return answer_json(answer)
