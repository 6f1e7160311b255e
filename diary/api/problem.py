"""Problem documents (RFC 9457): the one shape of every error under /api/. docs/api.md lists their types."""

import logging
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.encryption.sealing import Locked
from diary.api.renderers import write_json

CONTENT_TYPE = "application/problem+json"
RETRY_AFTER_S = 10  # a database starts again, or another takes over, in about that time
READS = ("GET", "HEAD", "OPTIONS")
TITLES = {
    400: gettext_lazy("요청에 고칠 곳이 있어요"),
    401: gettext_lazy("로그인이 필요해요"),
    403: gettext_lazy("허락되지 않은 요청이에요"),
    404: gettext_lazy("찾을 수 없어요"),
    405: gettext_lazy("여기서는 쓸 수 없는 메서드예요"),
    406: gettext_lazy("그 형식으로는 답할 수 없어요"),
    409: gettext_lazy("지금 상태와 맞지 않아요"),
    410: gettext_lazy("이제는 없어요"),
    412: gettext_lazy("그 사이에 바뀌었어요"),
    413: gettext_lazy("너무 커요"),
    415: gettext_lazy("읽을 수 없는 형식이에요"),
    416: gettext_lazy("그 부분은 없어요"),
    422: gettext_lazy("처리할 수 없는 내용이 있어요"),
    428: gettext_lazy("조건을 함께 보내야 해요"),
    429: gettext_lazy("요청이 너무 잦아요"),
    500: gettext_lazy("저희 쪽에 문제가 생겼어요"),
    503: gettext_lazy("지금은 할 수 없어요"),
}

logger = logging.getLogger(__name__)


def problem_json(code: int, kind: str, detail: str) -> dict[str, Any]:
    """A problem document in the language of the request.

    `kind` is the last part of its type, a URN that stays as it is; underscores become dashes.
    """
    return {"type": f"urn:moduhyu:{kind.replace('_', '-')}", "title": TITLES[code], "status": code, "detail": detail}


def problem_response(content: dict[str, Any], headers: dict[str, str] | None = None) -> HttpResponse:
    """A problem document as an answer; none of REST framework's, which are rendered as the view renders pages."""
    status = content["status"]
    return HttpResponse(write_json(content), status=status, headers=headers, content_type=CONTENT_TYPE)


def problem(code: int, kind: str, detail: str) -> HttpResponse:
    """A problem document of these as an answer."""
    return problem_response(problem_json(code, kind, detail))


def is_api(request: HttpRequest) -> bool:
    """Whether an answer to this goes to a program: errors are problem documents then, not pages."""
    return f"{request.path}/".startswith("/api/")


def locked_problem(request: HttpRequest, error: Locked) -> HttpResponse:
    """503: what was written can't be opened now, or nothing can be sealed. The log is told why."""
    log_locked(request, error)
    if request.method in READS:
        detail = _("글을 지금은 열 수 없어요. 지우지 않고 보관하고 있으니, 조금 뒤에 다시 보내 주세요.")
    else:
        detail = _("지금은 글을 저장하거나 열 수 없어요. 바뀐 것은 없으니, 조금 뒤에 다시 보내 주세요.")
    return problem(503, "locked", detail)


def outage_problem(request: HttpRequest, error: BaseException) -> HttpResponse:
    """503: the site can neither read nor write now, for a reason that passes. The log is told which."""
    log_outage(request, error)
    if request.method in READS:
        detail = _("지금은 답할 수 없어요. 저장이 끝난 글은 그대로 있으니, 조금 뒤에 다시 보내 주세요.")
    else:
        detail = _("지금은 저장하지 못해요. 보낸 내용을 지우지 말고 가지고 있다가, 조금 뒤에 그대로 다시 보내 주세요.")
    return problem_response(problem_json(503, "unavailable", detail), {"Retry-After": str(RETRY_AFTER_S)})


def log_outage(request: HttpRequest, error: BaseException) -> None:
    """Tell the log what is out of order: the first line of it, for a database may quote a row in the others."""
    reason = str(error).partition("\n")[0]
    logger.error("%s %s: %s: %s", request.method, request.path, type(error).__name__, reason)


def log_locked(request: HttpRequest, error: Locked) -> None:
    """Tell the log what did not open. The error names rows and keys, never a text."""
    logger.error("%s %s: %s", request.method, request.path, error)
