"""The endpoints by which a diary is taken along, and brought here from elsewhere."""

from dataclasses import asdict
from typing import Any, BinaryIO, cast

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpResponseBase
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, OpenApiResponse, extend_schema
from rest_framework import exceptions, serializers
from rest_framework.parsers import MultiPartParser
from rest_framework.response import Response
from rest_framework.views import APIView

from diary.api.errors import ProblemSerializer, RefusedImportError, UnreadableImportError
from diary.api.parsers import CsvFileParser, JsonFileParser, ZipFileParser
from diary.api.queries import StrictQuery
from diary.api.renderers import JSONRenderer
from diary.api.views import DiaryApiRequest
from diary.portability.apply import import_file
from diary.portability.detect import open_import
from diary.portability.documents import FORMAT, VERSION
from diary.portability.errors import BadRowsError, UnreadableFileError
from diary.portability.preview import preview_import
from diary.views.portability import export_response

FORMATS = ("moduhyu", "daylio", "dayone")
ON_ERROR = ("skip", "refuse")
FILES = [
    OpenApiExample(
        "Daylio",
        media_type="text/csv",
        request_only=True,
        value="full_date,date,weekday,time,mood,activities,note_title,note\n"
        "2026-11-25,November 25,Wednesday,9:30 PM,rad,family | walk,,드디어 합격했다!\n",
    ),
    OpenApiExample(
        "moduhyu.json",
        media_type="application/json",
        request_only=True,
        value={
            "format": FORMAT,
            "version": VERSION,
            "entries": [{"written_on": "2026-11-25", "text": "드디어 합격했다!", "tags": ["합격"]}],
        },
    ),
]
REFUSED = {
    (422, "application/problem+json"): OpenApiResponse(
        ProblemSerializer, description="`on_error=refuse`: `errors` names the bad rows. Nothing was imported."
    )
}


class ZipRenderer(JSONRenderer):
    """Lets a client ask for `application/zip`. What it renders are errors: the ZIP itself is streamed."""

    media_type = "application/zip"
    format = "zip"
    charset = None


class BadRowSerializer(serializers.Serializer):
    """A row that can't be imported."""

    place = serializers.CharField(help_text="Where it stands, in words: `12행`, `3번째 일기`.")
    reason = serializers.CharField()


class ExampleSerializer(serializers.Serializer):
    """An entry as it would be imported."""

    written_on = serializers.DateField()
    text = serializers.CharField()
    tags = serializers.ListField(child=serializers.CharField())


class ImportSerializer(serializers.Serializer):
    """What an import did, or with `dry_run` would do. The first bad rows are named, all are counted."""

    dry_run = serializers.BooleanField()
    new = serializers.IntegerField(help_text="Entries that were imported.")
    doubles = serializers.IntegerField(help_text="Entries that were here already: the same id, or day and text.")
    bad = serializers.IntegerField(help_text="Rows that can't be imported.")
    bad_rows = BadRowSerializer(many=True)
    format = serializers.ChoiceField(choices=FORMATS, required=False)
    found = serializers.IntegerField(required=False)
    first_day = serializers.DateField(required=False, allow_null=True)
    last_day = serializers.DateField(required=False, allow_null=True)
    examples = ExampleSerializer(many=True, required=False)
    left_out = serializers.ListField(child=serializers.CharField(), required=False)
    unread = serializers.IntegerField(required=False, help_text="The person's entries that are still to be read.")
    missing_items = serializers.IntegerField(
        required=False, help_text="Recommended films and tracks that the catalogue no longer has."
    )


class ImportOptionsSerializer(serializers.Serializer):
    """The query of an import."""

    dry_run = serializers.BooleanField(default=False)
    on_error = serializers.ChoiceField(choices=ON_ERROR, default="skip")


@method_decorator(never_cache, name="dispatch")
class ExportView(StrictQuery, APIView):
    """The whole diary as a file."""

    renderer_classes = [ZipRenderer, JSONRenderer]
    throttle_scopes = {"GET": "heavy"}

    @extend_schema(
        operation_id="export_diary",
        summary="내 일기 내려받기 Download the whole diary",
        description="A ZIP, made while it is sent: `moduhyu.json` (everything; `POST /import/` takes it back), "
        "`entries/*.md`, and `entries.csv`, in which a cell that begins like a formula has an apostrophe before it.",
        responses={(200, "application/zip"): OpenApiTypes.BINARY},
    )
    def get(self, request: DiaryApiRequest) -> HttpResponseBase:
        return export_response(request)


@method_decorator(never_cache, name="dispatch")
class ImportView(StrictQuery, APIView):
    """A diary from elsewhere."""

    query_names = {"post": ("dry_run", "on_error")}

    parser_classes = [MultiPartParser, ZipFileParser, CsvFileParser, JsonFileParser]
    throttle_scopes = {"POST": "heavy"}

    @extend_schema(
        operation_id="import_diary",
        summary="일기 가져오기 Import a diary",
        description="Takes our own export (ZIP or `moduhyu.json`), Daylio's CSV, and Day One's JSON ZIP, up to 50 MB "
        "and 20,000 entries, as the body or as the field `file` of a form. What is here already is left alone, so "
        "that sending a file twice imports it once. Entries without an analysis are read afterwards.",
        parameters=[
            OpenApiParameter("dry_run", bool, description="Say what would happen, and save nothing."),
            OpenApiParameter(
                "on_error", str, enum=list(ON_ERROR), description="`skip` bad rows, or `refuse` the whole file."
            ),
        ],
        request={
            "application/zip": OpenApiTypes.BINARY,
            "text/csv": OpenApiTypes.BINARY,
            "application/json": OpenApiTypes.OBJECT,  # not a file: a client sends it as it is
            "multipart/form-data": {
                "type": "object",
                "properties": {"file": {"type": "string", "format": "binary"}},
                "required": ["file"],
            },
        },
        examples=FILES,
        responses={200: ImportSerializer, **REFUSED},
    )
    def post(self, request: DiaryApiRequest) -> Response:
        options = ImportOptionsSerializer(data=request.query_params.dict())
        options.is_valid(raise_exception=True)
        file = _file_of(request)
        is_dry_run = options.validated_data["dry_run"]
        try:
            reader = open_import(file)
            if is_dry_run:
                result: Any = preview_import(request.user, reader)
            else:
                skips = options.validated_data["on_error"] == "skip"
                result = import_file(request.user, reader, skips_bad_rows=skips)
        except UnreadableFileError as error:
            raise UnreadableImportError(str(error)) from error
        except BadRowsError as error:
            raise RefusedImportError([asdict(row) for row in error.rows]) from error
        serializer = ImportSerializer({"dry_run": is_dry_run, **asdict(result)})
        return Response(serializer.data)


def _file_of(request: DiaryApiRequest) -> BinaryIO:
    """The file of a form, or the body. Raises ValidationError for a form without one."""
    if not isinstance(request.data, dict):
        return cast(BinaryIO, request.data)
    upload = request.FILES.get("file")
    if not isinstance(upload, UploadedFile):
        raise exceptions.ValidationError({"file": [_("파일을 골라 주세요.")]})
    return cast(BinaryIO, upload.file)
