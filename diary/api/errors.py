"""One shape for every error of the API: application/problem+json (RFC 9457)."""

from collections.abc import Iterator
from typing import Any

from django.http import Http404, HttpResponse
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers, status
from rest_framework.response import Response
from rest_framework.views import exception_handler as rest_framework_handler

from accounts.encryption.sealing import Locked
from diary.api.problem import locked_problem, outage_problem, problem_json, problem_response
from diary.outage import is_outage

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

    def __init__(self) -> None:
        super().__init__(_("이미 지운 일기예요. 다시 남기고 싶다면 새 id로 보내 주세요."))


class SyncExpiredError(exceptions.APIException):
    """410: deletions since the moment asked for are no longer known."""

    status_code = status.HTTP_410_GONE
    default_code = "sync_expired"

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


class ModelUnavailableError(exceptions.APIException):
    """503: the emotion model is not where it should be, or damaged. Entries are saved all the same, and read later."""

    status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    default_code = "model_unavailable"

    def __init__(self) -> None:
        super().__init__(_("마음을 읽는 모델을 지금은 쓸 수 없어요. 일기는 그대로 저장되고, 나중에 읽어요."))


class TooLargeError(exceptions.APIException):
    """413: the body is longer than any entry."""

    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_code = "too_large"

    def __init__(self) -> None:
        super().__init__(_("보낸 내용이 너무 커요. 나누어 보내 주세요."))


class UnreadableBodyError(exceptions.ParseError):
    """400: a body that is no JSON, or says two things at once."""


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


def problem_handler(error: Exception, context: dict[str, Any]) -> HttpResponse | None:
    """Turn an exception of a view into a problem document; None (a 500) for what the API does not foresee."""
    if isinstance(error, Locked):
        return locked_problem(context["request"], error)
    if is_outage(error):
        return outage_problem(context["request"], error)
    response = rest_framework_handler(error, context)
    if response is None:
        return None
    return problem_response(problem_of(error, response.status_code), _kept_headers(response))


def problem_of(error: Exception, code: int, pointer: str = "") -> dict[str, Any]:
    """The problem document of an exception that is answered with `code`.

    `pointer` is where in the request the fields stand that it speaks of.
    """
    content = problem_json(code, _kind_of(error), _detail_of(error))
    if isinstance(error, exceptions.ValidationError):
        content["errors"] = list(_field_errors(error.detail, pointer))
        content["detail"] = " ".join(item["detail"] for item in content["errors"])
    if isinstance(error, StaleEntryError):
        content["current"] = error.current
    if isinstance(error, RefusedImportError):
        content["errors"] = error.rows
    return content


def _kind_of(error: Exception) -> str:
    """What Django's own exceptions are called, as REST framework calls them."""
    if isinstance(error, Http404):
        return "not_found"
    return str(getattr(error, "default_code", "permission_denied"))


def _detail_of(error: Exception) -> str:
    """What an error says of itself, in words of our own where Django and REST framework speak English alone."""
    detail = str(getattr(error, "detail", ""))
    if isinstance(error, Http404):
        return _("찾는 것이 없어요. 이미 지웠거나 주소가 다를 수 있어요.")
    if detail.startswith("CSRF Failed"):
        return _("브라우저의 세션으로 바꾸려면 CSRF 토큰을 X-CSRFToken 헤더로 보내 주세요.")
    if type(error) is exceptions.ParseError:
        return _("요청을 읽지 못했어요. /api/docs/에서 형식을 확인해 주세요.")
    return _told(detail)


def _kept_headers(response: Response) -> dict[str, str]:
    return {name: response[name] for name in ("WWW-Authenticate", "Retry-After") if name in response}


def _field_errors(data: Any, pointer: str = "") -> Iterator[dict[str, str]]:
    """Flatten REST framework's nested errors into JSON pointers (RFC 6901) with one message each.

    A list holds the messages of one field, or the errors of each item of an array.
    """
    if isinstance(data, dict):
        for name, value in data.items():
            step = str(name).replace("~", "~0").replace("/", "~1")
            yield from _field_errors(value, pointer if name == "non_field_errors" else f"{pointer}/{step}")
    elif isinstance(data, list):
        for place, value in enumerate(data):
            yield from _field_errors(value, f"{pointer}/{place}" if isinstance(value, dict) else pointer)
    else:
        # REST framework says this of a body that is null, in English alone.
        words = _("내용이 비어 있어요. JSON 객체로 보내 주세요.") if str(data) == "No data provided" else str(data)
        yield {"pointer": _told(pointer), "detail": _told(words)}


def _told(text: str) -> str:
    """What a client sent and a message quotes: no longer than a message, and nothing that UTF-8 can't carry."""
    return text[:LONGEST_MESSAGE].encode("utf-8", "backslashreplace").decode()
