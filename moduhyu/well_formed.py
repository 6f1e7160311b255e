"""Refuses what no view should have to think of: rare codecs, JSON that is none, bodies that broke off.

allauth reads JSON of any depth, with numbers of any length and halves of surrogate pairs, and then ends in a 500.
"""

import json
from collections.abc import Callable

import orjson
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.utils.translation import gettext as _

from diary.api.json_body import UnreadableJsonError, read_json
from diary.api.problem import problem
from moduhyu.errors import HEADLESS, bad_request

FORMS = {"multipart/form-data", "application/x-www-form-urlencoded"}
_UTF8 = "utf-8"


class WellFormedMiddleware:
    """Lets through what is UTF-8, and to allauth's own API only JSON that it can read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _refuse_other_charsets(request)
        try:
            if request.path.startswith(HEADLESS) and (refusal := _refuse_json(request)):
                return refusal
        except UnreadablePostError as error:
            return bad_request(request, error)
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """400 for a body that broke off: nothing of it was saved. Nearly always nobody is left to read that."""
        return bad_request(request, exception) if isinstance(exception, UnreadablePostError) else None


def _refuse_other_charsets(request: HttpRequest) -> None:
    """Raises BadRequest for a form in another charset than UTF-8: what it says would be saved as something else."""
    charset = (request.content_params or {}).get("charset", _UTF8)
    if request.content_type == "multipart/form-data" and charset.lower() != _UTF8:
        raise BadRequest("a form that is not in UTF-8")


def _refuse_json(request: HttpRequest) -> HttpResponse | None:
    """400 for a body that is no JSON, or holds what no field takes: half a character, a number over 64 bits."""
    if request.method == "GET" or not request.body:
        return None
    try:
        orjson.dumps(read_json(request.body))
    except UnreadableJsonError as error:
        if request.content_type in FORMS and _is_no_json(request.body):
            return None  # an empty form is how some clients send no body; where one is wanted, allauth answers 400
        return problem(400, "parse_error", str(error))
    except orjson.JSONEncodeError:
        return problem(400, "parse_error", _("요청을 읽지 못했어요. /api/docs/에서 형식을 확인해 주세요."))
    return None


def _is_no_json(body: bytes) -> bool:
    """Whether it is no JSON to allauth either, which reads whatever is sent as that."""
    try:
        json.loads(body.decode())
    except (UnicodeDecodeError, json.JSONDecodeError):
        return True
    except (RecursionError, ValueError):
        return False
    return False
