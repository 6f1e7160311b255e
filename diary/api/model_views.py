"""The endpoint of the model that reads entries."""

from dataclasses import asdict
from typing import Any

from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.response import Response
from rest_framework.views import APIView

from diary.api.errors import ModelUnavailableError
from diary.api.queries import StrictQuery
from diary.api.views import DiaryApiRequest
from diary.model_info import ModelInfo, get_model_info
from diary.models import EMOTION_CHOICES, EMOTION_NAMES
from ml.errors import ModelError
from ml.labels import Emotion


class EmotionLabelSerializer(serializers.Serializer):
    """An emotion that the model tells apart, with its name in the language of the request."""

    label = serializers.ChoiceField(choices=EMOTION_CHOICES)  # type: ignore[assignment]
    name = serializers.CharField()


class F1Serializer(serializers.Serializer):
    """F1 of each emotion."""

    def get_fields(self) -> dict[str, Any]:
        return {emotion.value: serializers.FloatField() for emotion in Emotion}


class FiguresSerializer(serializers.Serializer):
    """How well texts of one source were read that the model had never seen; shares are in 0…1."""

    source = serializers.CharField(  # type: ignore[assignment]
        help_text="`corpus`: diaries; `real_lines`: comments; `all` of them."
    )
    texts = serializers.IntegerField(help_text="How many there were.")
    accuracy = serializers.FloatField()
    macro_f1 = serializers.FloatField()
    f1 = F1Serializer()
    coverage = serializers.FloatField(help_text="The share of which the model was sure.")
    accuracy_when_sure = serializers.FloatField(allow_null=True)
    expected_calibration_error = serializers.FloatField(
        help_text="How far, on average, its confidence is from how often it is right."
    )


class EmotionModelSerializer(serializers.Serializer):
    """The model that the next entry is read with."""

    version = serializers.CharField(help_text="As in an analysis's `model_version`.")
    architecture = serializers.CharField()
    languages = serializers.ListField(child=serializers.CharField(), help_text="That it was trained on.")
    labels = EmotionLabelSerializer(many=True)
    confidence_threshold = serializers.FloatField(help_text="An analysis of less confidence is `is_unsure`.")
    split = serializers.CharField(
        allow_blank=True, help_text="Of the figures: `test`, or `validation` for a model never scored on it."
    )
    figures = FiguresSerializer(many=True)
    is_loaded = serializers.BooleanField(
        help_text="Whether the process that answers has it in memory. It is loaded with the first entry that is read "
        "there; where a worker reads them, that is another process."
    )


@method_decorator(never_cache, name="dispatch")
class ModelView(StrictQuery, APIView):
    """The emotion model in use."""

    @extend_schema(
        operation_id="read_model",
        summary="마음을 읽는 모델 The emotion model in use",
        description="What its card says. It sees surface patterns, not meaning, and is not made for diagnosis. 503 "
        "while it is missing or damaged: entries are saved all the same, and read later.",
        responses={200: EmotionModelSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        try:
            info = get_model_info()
        except ModelError as error:
            raise ModelUnavailableError from error
        return Response(EmotionModelSerializer(_model_json(info)).data)


def _model_json(info: ModelInfo) -> dict[str, Any]:
    labels = [{"label": label, "name": EMOTION_NAMES[label]} for label in info.facts.labels]
    return {
        **asdict(info.facts),
        "labels": labels,
        "languages": info.languages,
        "is_loaded": info.is_loaded,
    }
