"""One shape for every error of the API: application/problem+json (RFC 9457)."""

from http import HTTPStatus
from typing import Any

from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_framework_handler

from accounts.encryption.sealing import Locked
from diary.api.problem import CONTENT_TYPE, locked_problem

LONGEST_MESSAGE = 1_000


class ProblemSerializer(serializers.Serializer):
    """An error: `title` names it, `detail` says what to do, `errors` point at the fields that caused it."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField()
    errors = serializers.ListField(child=serializers.DictField(), required=False)  # type: ignore[assignment]


class EntryExistsError(exceptions.APIException):
    """409: the id sent with a new entry belongs to an entry that says something else."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "entry_exists"

    def __init__(self) -> None:
        super().__init__(_("같은 id의 다른 일기가 있어요. 새 id로 보내 주세요."))


class EntryDeletedError(exceptions.APIException):
    """410: the entry with this id was deleted; a retry that comes late does not bring it back."""

    status_code = status.HTTP_410_GONE
    default_code = "entry_deleted"
    problem_type = "urn:moduhyu:deleted"

    def __init__(self) -> None:
        super().__init__(_("이미 지운 일기예요. 다시 남기고 싶다면 새 id로 보내 주세요."))


class SyncExpiredError(exceptions.APIException):
    """410: deletions since the moment asked for are no longer known."""

    status_code = status.HTTP_410_GONE
    default_code = "sync_expired"
    problem_type = "urn:moduhyu:sync-expired"

    def __init__(self) -> None:
        super().__init__(
            _("마지막으로 맞춘 지 너무 오래됐어요. updated_since=1970-01-01T00:00:00Z로 처음부터 다시 받아 주세요.")
        )


class StaleEntryError(exceptions.APIException):
    """412: the entry was changed elsewhere; the current one is sent along."""

    status_code = status.HTTP_412_PRECONDITION_FAILED
    default_code = "stale_entry"

    def __init__(self, current: dict[str, Any]) -> None:
        super().__init__(_("다른 곳에서 먼저 고친 일기예요. 지금 내용을 확인하고 다시 보내 주세요."))
        self.current = current


class MatchRequiredError(exceptions.APIException):
    """428: a change must name the revision it was made on, so that two devices never overwrite each other unseen."""

    status_code = status.HTTP_428_PRECONDITION_REQUIRED
    default_code = "match_required"

    def __init__(self) -> None:
        super().__init__(_("일기를 읽을 때 받은 ETag를 If-Match 헤더로 함께 보내 주세요."))


class NotReadYetError(exceptions.APIException):
    """409: an entry that has not been read has no answer yet."""

    status_code = status.HTTP_409_CONFLICT
    default_code = "not_read_yet"

    def __init__(self) -> None:
        super().__init__(_("아직 읽지 않은 일기예요. 잠시 뒤에 다시 보내 주세요."))


class TooLargeError(exceptions.APIException):
    """413: the body is longer than any entry."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(_("보낸 내용이 너무 커요. 나누어 보내 주세요."))


class RefusedImportError(exceptions.APIException):
    """422: nothing was imported, because rows are bad and the client asked for all or nothing."""

    status_code = status.HTTP_422_UNPROCESSABLE_ENTITY
    default_code = "bad_rows"

    def __init__(self, rows: list[dict[str, str]]) -> None:
        super().__init__(_("가져올 수 없는 항목이 있어서 아무것도 가져오지 않았어요."))
        self.rows = rows


class UnreadableImportError(exceptions.APIException):
    """400: a file that can't be imported at all."""

    status_code = status.HTTP_400_BAD_REQUEST
    default_code = "unreadable_file"


def problem_handler(error: Exception, context: dict[str, Any]) -> Response | None:
    """Turn an exception of a view into a problem document; None (a 500) for what the API does not foresee."""
    if isinstance(error, Locked):
        return Response(locked_problem(context["request"], error), status=503, content_type=CONTENT_TYPE)
    response = rest_framework_handler(error, context)
    if response is None:
        return None
    # REST framework takes Django's own 403 and 404 for its errors, which say nothing more than their status.
    content = (
        problem_json(error)
        if isinstance(error, exceptions.APIException)
        else _content(response.status_code, response.status_text)
    )
    return Response(content, status=response.status_code, headers=_kept_headers(response), content_type=CONTENT_TYPE)


def problem_json(error: exceptions.APIException, pointer: str = "") -> dict[str, Any]:
    """The problem document of an error; `pointer` is where in the request its fields stand."""
    content = _content(error.status_code, str(error.detail))
    content["type"] = getattr(error, "problem_type", content["type"])
    if isinstance(error, exceptions.ValidationError):
        content["type"] = "urn:moduhyu:invalid"
        content["errors"] = list(_field_errors(error.detail, pointer))
        content["detail"] = " ".join(item["detail"] for item in content["errors"])
    if isinstance(error, StaleEntryError):
        content["current"] = error.current
    if isinstance(error, RefusedImportError):
        content["errors"] = error.rows
    return content


def _content(code: int, detail: str) -> dict[str, Any]:
    return {"type": "about:blank", "title": HTTPStatus(code).phrase, "status": code, "detail": detail}


def _kept_headers(response: Response) -> dict[str, str]:
    return {name: response[name] for name in ("WWW-Authenticate", "Retry-After", "Allow") if name in response}


def _field_errors(data: Any, pointer: str = "") -> Any:
    """Flatten REST framework's nested errors into JSON pointers (RFC 6901) with one message each."""
    if isinstance(data, dict):
        for name, value in data.items():
            yield from _field_errors(value, pointer if name == "non_field_errors" else f"{pointer}/{name}")
    elif isinstance(data, list):
        for value in data:
            yield from _field_errors(value, pointer)
    else:
        yield {"pointer": _told(pointer), "detail": _told(str(data))}


def _told(text: str) -> str:
    """What a client sent and a message quotes: no longer than a message, and nothing that UTF-8 can't carry."""
    return text[:LONGEST_MESSAGE].encode("utf-8", "backslashreplace").decode()
