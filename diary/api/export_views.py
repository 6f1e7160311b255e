"""The endpoints of exports that are made beside the request, and fetched later, in parts if need be."""

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema, extend_schema_field
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import APIView

from diary.api.byte_ranges import UnsatisfiableRangeError, file_response
from diary.api.errors import ProblemSerializer
from diary.api.fields import StrictSerializer
from diary.api.portability_views import ZipRenderer
from diary.api.queries import StrictQuery
from diary.api.renderers import JSONRenderer
from diary.api.schema import MISSING, problem_at
from diary.api.views import DiaryApiRequest
from diary.models import Export
from diary.portability import exports
from diary.portability.export import export_name

RETRY_AFTER_S = 2
NO_WORKER_RETRY_AFTER_S = 60


class ExportNotReadyError(exceptions.APIException):
    """409: the file of an export is still to come, or will never come."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "export_not_ready"

    def __init__(self, export: Export) -> None:
        if export.is_unfinished:
            super().__init__(_("아직 파일을 만들고 있어요. 조금 뒤에 다시 받아 주세요."))
            self.wait = RETRY_AFTER_S
        else:
            super().__init__(_("파일을 만들지 못했어요. 일기는 그대로 있으니 다시 만들어 주세요."))


class ExportExpiredError(exceptions.APIException):
    """410: the file of an export is no more."""

    status_code = status.HTTP_410_GONE
    default_code = "export_expired"

    def __init__(self) -> None:
        super().__init__(_("이 파일은 기한이 지나서 지웠어요. 다시 만들어 주세요."))


class NoWorkerError(exceptions.APIException):
    """503: nobody can be told to make the export."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "no_worker"
    wait = NO_WORKER_RETRY_AFTER_S

    def __init__(self) -> None:
        super().__init__(_("지금은 파일을 만들 수 없어요. 조금 뒤에 다시 해 주세요."))


class ProgressSerializer(serializers.Serializer):
    """Entries that are written, of all entries. Those that can't be opened are never written."""

    done = serializers.IntegerField(source="entries_done")
    total = serializers.IntegerField(source="entries_total")


class ExportSerializer(serializers.Serializer):
    """An export: how far it is, and where to fetch it."""

    id = serializers.UUIDField()
    status = serializers.ChoiceField(
        choices=Export.Status.choices,
        source="current_status",
        help_text="`pending` and `running` go on; `ready` can be fetched until `expires_at`, and is `expired` then.",
    )
    progress = ProgressSerializer(source="*")
    size = serializers.IntegerField(allow_null=True, help_text="Bytes of the ZIP, once it is ready.")
    created_at = serializers.DateTimeField()
    expires_at = serializers.DateTimeField(allow_null=True, help_text="24 hours after it was ready.")
    download_url = serializers.SerializerMethodField(help_text="Null unless the export is ready.")

    @extend_schema_field(serializers.URLField(allow_null=True))
    def get_download_url(self, export: Export) -> str | None:
        if export.current_status != Export.Status.READY:
            return None
        return str(self.context["request"].build_absolute_uri(reverse("api:export-download", args=[export.pk])))


class ExportListSerializer(serializers.Serializer):
    """The exports that are remembered, newest first."""

    results = ExportSerializer(many=True)


class NoFieldsSerializer(StrictSerializer):
    """A body that asks for nothing in particular."""


def _example(name: str, **fields: Any) -> OpenApiExample:
    made = {
        "id": "0b8f1c52-6a52-4a3c-9d0a-3f7f2f3c5c11",
        "status": "running",
        "progress": {"done": 4200, "total": 10000},
        "size": None,
        "created_at": "2026-11-26T21:00:00+09:00",
        "expires_at": None,
        "download_url": None,
    }
    return OpenApiExample(name, value=made | fields, response_only=True)


RUNNING_EXAMPLE = _example("running")
READY_EXAMPLE = _example(
    "ready",
    status="ready",
    progress={"done": 10000, "total": 10000},
    size=15204352,
    expires_at="2026-11-27T21:00:19+09:00",
    download_url="https://example.com/api/v1/exports/0b8f1c52-6a52-4a3c-9d0a-3f7f2f3c5c11/download/",
)
RANGE = OpenApiParameter("Range", str, OpenApiParameter.HEADER, description="One range, such as `bytes=1048576-`.")
IF_RANGE = OpenApiParameter(
    "If-Range",
    str,
    OpenApiParameter.HEADER,
    description="The `ETag` of what is there: all comes if it is another now.",
)
NO_WORKER = {
    (503, "application/problem+json"): OpenApiResponse(
        ProblemSerializer, description="Nobody can make it now, or nothing can be opened. Nothing was begun."
    )
}
NOT_READY = {
    (409, "application/problem+json"): OpenApiResponse(
        ProblemSerializer, description="It is still being made (`Retry-After` tells when to look again), or it failed."
    ),
    (410, "application/problem+json"): OpenApiResponse(ProblemSerializer, description="It has expired."),
}


@method_decorator(never_cache, name="dispatch")
class ExportListView(StrictQuery, APIView):
    """The exports of who asks."""

    throttle_scopes = {"POST": "heavy"}

    @extend_schema(
        operation_id="list_exports",
        summary="내보내기 목록 List one's own exports",
        responses={200: ExportListSerializer},
    )
    def get(self, request: DiaryApiRequest) -> Response:
        found = ExportSerializer(exports.list_exports(request.user), many=True, context={"request": request})
        return Response({"results": found.data})

    @extend_schema(
        operation_id="start_export",
        summary="내보내기 시작 Begin an export",
        description="Makes the ZIP that `GET /export/` streams, to be fetched within 24 hours, as often and in as "
        "many parts as needed. One is made at a time: while it is, this answers that one. Where the site has no "
        "workers, it is made within this request, at about 500 entries a second; whoever loses the answer finds the "
        "export in the list. The newest three are kept.",
        request=None,
        responses={
            202: OpenApiResponse(ExportSerializer, description="It is being made.", examples=[RUNNING_EXAMPLE]),
            201: OpenApiResponse(
                ExportSerializer, description="It is finished: ready, or failed.", examples=[READY_EXAMPLE]
            ),
            **problem_at(400, 413, 415),
            **NO_WORKER,
        },
    )
    def post(self, request: DiaryApiRequest) -> Response:
        NoFieldsSerializer(data=request.data).is_valid(raise_exception=True)
        try:
            export, _is_new = exports.begin_export(request.user)
        except exports.NoWorker as error:
            raise NoWorkerError from error
        except Export.DoesNotExist:
            raise Http404 from None
        response = _export_response(request, export)
        response.status_code = status.HTTP_202_ACCEPTED if export.is_unfinished else status.HTTP_201_CREATED
        response["Location"] = request.build_absolute_uri(reverse("api:export-detail", args=[export.pk]))
        return response


@method_decorator(never_cache, name="dispatch")
class ExportDetailView(StrictQuery, APIView):
    """One export."""

    @extend_schema(
        operation_id="read_export",
        summary="내보내기 상태 How far an export is",
        description="While it is being made, `Retry-After` tells when to look again.",
        responses={
            200: OpenApiResponse(ExportSerializer, examples=[RUNNING_EXAMPLE, READY_EXAMPLE]),
            **MISSING,
        },
    )
    def get(self, request: DiaryApiRequest, export_id: UUID) -> Response:
        return _export_response(request, _get_export_or_404(request, export_id))

    @extend_schema(
        operation_id="delete_export",
        summary="내보내기 취소하고 지우기 Cancel or delete an export",
        description="Deletes its file too. One that is being made is no longer made.",
        responses={204: None, **MISSING},
    )
    def delete(self, request: DiaryApiRequest, export_id: UUID) -> Response:
        exports.delete_export(_get_export_or_404(request, export_id))
        return Response(status=status.HTTP_204_NO_CONTENT)


@method_decorator(never_cache, name="dispatch")
class ExportDownloadView(StrictQuery, APIView):
    """The file of an export."""

    renderer_classes = [ZipRenderer, JSONRenderer]

    @extend_schema(
        operation_id="download_export",
        summary="내보낸 파일 받기 Download an export",
        description="With `Range`, one part of it: a download that broke off goes on with `Range: bytes=SIZE-`.",
        parameters=[RANGE, IF_RANGE],
        responses={
            (200, "application/zip"): OpenApiTypes.BINARY,
            (206, "application/zip"): OpenApiTypes.BINARY,
            **NOT_READY,
            **problem_at(416),
            **MISSING,
        },
    )
    def get(self, request: DiaryApiRequest, export_id: UUID) -> HttpResponseBase:
        export = _get_export_or_404(request, export_id)
        try:
            file = exports.open_export(export)
        except exports.NotReady as error:
            raise ExportNotReadyError(export) from error
        except exports.Expired as error:
            raise ExportExpiredError from error
        unsatisfiable = _("파일의 끝을 지난 곳이에요. 처음부터 다시 받아 주세요.")
        tag = f'"{export.pk.hex}-{export.attempts}"'
        response = file_response(request, file, size=export.size or 0, tag=tag, unsatisfiable=unsatisfiable)
        response["Content-Type"] = "application/zip"
        name = export_name(timezone.localdate(export.created_at))
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def handle_exception(self, error: Exception) -> Response:
        response = super().handle_exception(error)
        if isinstance(error, UnsatisfiableRangeError):
            response["Content-Range"] = f"bytes */{error.size}"
        return response


def _get_export_or_404(request: DiaryApiRequest, export_id: UUID) -> Export:
    """The export of the person who asks. Raises Http404, for another person's export as well."""
    try:
        return exports.get_export(user=request.user, export_id=export_id)
    except Export.DoesNotExist:
        raise Http404 from None


def _export_response(request: DiaryApiRequest, export: Export) -> Response:
    headers = {"Retry-After": str(RETRY_AFTER_S)} if export.is_unfinished else {}
    return Response(ExportSerializer(export, context={"request": request}).data, headers=headers)
