"""Problem documents (RFC 9457) for whoever can't use REST framework's views: middleware and handlers of errors."""

import logging
from http.client import responses
from typing import Any

from django.http import JsonResponse
from django.utils.translation import gettext as _

from accounts.encryption.sealing import Locked

CONTENT_TYPE = "application/problem+json"
READS = ("GET", "HEAD", "OPTIONS")

logger = logging.getLogger(__name__)


def problem(code: int, detail: str) -> JsonResponse:
    """A problem document as an answer."""
    content = {"type": "about:blank", "title": responses[code], "status": code, "detail": detail}
    return JsonResponse(content, status=code, content_type=CONTENT_TYPE)


def locked_problem(request: Any, error: Locked) -> dict[str, Any]:
    """503: what was written can't be opened now, or nothing can be sealed. The log is told why."""
    logger.error("%s %s: %s", request.method, request.path, error)
    if request.method in READS:
        detail = _("글을 지금은 열 수 없어요. 지우지 않고 보관하고 있으니, 조금 뒤에 다시 보내 주세요.")
    else:
        detail = _("지금은 글을 저장하거나 열 수 없어요. 바뀐 것은 없으니, 조금 뒤에 다시 보내 주세요.")
    return {"type": "urn:moduhyu:locked", "title": responses[503], "status": 503, "detail": detail}
