"""The endpoint by which a phone sends what was written without a connection."""

from typing import Any

from django.core.exceptions import ValidationError
from django.utils.decorators import method_decorator
from django.views.decorators.cache import never_cache
from drf_spectacular.utils import OpenApiExample, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from diary import services
from diary.api.errors import EntryDeletedError, EntryExistsError, ProblemSerializer, problem_of
from diary.api.fields import StrictSerializer
from diary.api.queries import StrictQuery
from diary.api.serializers import ENTRY, EntrySerializer
from diary.api.views import DiaryApiRequest
from diary.batch import MAX_ENTRIES, NewEntry, Refusal, Saved, create_entries


class BatchEntrySerializer(EntrySerializer):
    """An entry of a batch: as for a create, but with an id, so that the batch can be sent again."""

    id = serializers.UUIDField(help_text="An id made by the client.")


@extend_schema_field({"anyOf": [{"$ref": "#/components/schemas/EntryRequest"}, {"type": "object"}]})
class _ItemField(serializers.DictField):
    """Any object: what is wrong with one is told beside it, and holds up no other."""


class BatchSerializer(StrictSerializer):
    """Up to 100 entries."""

    entries = serializers.ListField(child=_ItemField(), max_length=MAX_ENTRIES)


class BatchItemSerializer(serializers.Serializer):
    """What became of an entry: `entry` for 201 and 200, else `problem`; the other one is null."""

    status = serializers.IntegerField()
    entry = EntrySerializer(allow_null=True)
    problem = ProblemSerializer(allow_null=True)


class BatchResultSerializer(serializers.Serializer):
    """One result for each entry, in the order in which they were sent."""

    results = BatchItemSerializer(many=True)


@method_decorator(never_cache, name="dispatch")
class EntryBatchView(StrictQuery, APIView):
    """Many entries of the person who asks."""

    throttle_scopes = {"POST": "batch"}

    @extend_schema(
        operation_id="create_entries",
        summary="일기 여러 편 보내기 Send up to 100 entries at once",
        description="For what was written without a connection. Each entry is what `POST /entries/` takes, with an id "
        "made by the client, and is answered by itself, in order: 201 when it was saved, 200 when the same was saved "
        "before, 400 when it can't be saved (`errors` points into the request, such as `/entries/3/text`), 409 when "
        "the id holds another entry, 410 when that entry was deleted. One that is refused holds up no other, and the "
        "batch can be sent again as it is.",
        request=BatchSerializer,
        responses={200: BatchResultSerializer},
        examples=[
            OpenApiExample(
                "batch",
                {
                    "entries": [
                        {
                            "id": "0197a2c4-6f1e-4b8a-9d3c-1a2b3c4d5e6f",
                            "text": "비행기 안에서 쓴다. 창밖이 온통 구름이다.",
                            "written_on": "2026-11-25",
                            "tags": ["여행"],
                        }
                    ]
                },
                request_only=True,
            )
        ],
    )
    def post(self, request: DiaryApiRequest) -> Response:
        envelope = BatchSerializer(data=request.data)
        envelope.is_valid(raise_exception=True)
        sent = [BatchEntrySerializer(data=item) for item in envelope.validated_data["entries"]]
        valid = [item for item in sent if item.is_valid()]
        saved = iter(create_entries(user=request.user, new=[_new_entry(item.validated_data) for item in valid]))
        results = [
            _refused(exceptions.ValidationError(item.errors), place) if item.errors else _result(next(saved), place)
            for place, item in enumerate(sent)
        ]
        return Response({"results": results})


def _new_entry(data: dict[str, Any]) -> NewEntry:
    return NewEntry(data["id"], data["text"], data["written_on"], data.get("tag_names", []))


def _result(outcome: Saved | Refusal, place: int) -> dict[str, Any]:
    if isinstance(outcome, services.EntryExists):
        return _refused(EntryExistsError(), place)
    if isinstance(outcome, services.EntryDeleted):
        return _refused(EntryDeletedError(), place)
    if isinstance(outcome, ValidationError):  # the day turned while the batch was under way, say
        return _refused(exceptions.ValidationError(outcome.messages), place)
    code = status.HTTP_201_CREATED if outcome.is_new else status.HTTP_200_OK
    return {"status": code, "entry": ENTRY.to_representation(outcome.entry), "problem": None}


def _refused(error: exceptions.APIException, place: int) -> dict[str, Any]:
    problem = problem_of(error, error.status_code, pointer=f"/entries/{place}")
    return {"status": problem["status"], "entry": None, "problem": problem}
