"""The OpenAPI document: the errors that operations share, written once, and those that views name."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter

from diary.api import queries
from diary.api.errors import ProblemSerializer
from diary.api.examples import operations
from diary.api.problem import CONTENT_TYPE


def problem_at(*codes: int) -> dict[tuple[int, str], type[ProblemSerializer]]:
    """Answers of a view that are problem documents; those that any operation may give are added to all of them."""
    return {(code, CONTENT_TYPE): ProblemSerializer for code in codes}


MISSING = problem_at(404)
# `*`, or entity tags (RFC 9110, 8.8.3); weak ones too, for proxies that compress weaken them on the way.
_ENTITY_TAG = r'(W/)?"[\x21\x23-\x7E]*"'
ENTITY_TAGS = rf"\*|{_ENTITY_TAG}([ \t]*,[ \t]*{_ENTITY_TAG})*"
IF_MATCH = OpenApiParameter(
    "If-Match",
    {"type": "string", "pattern": f"^({ENTITY_TAGS})$"},
    OpenApiParameter.HEADER,
    required=True,
    description="The `ETag` of the entry as it was read, or several: 412 when it has changed since. The revision "
    'that it begins with is what counts (`"3-5f2c…"`, and `"3"` alone will do), so that an analysis that arrives '
    "meanwhile stands in nobody's way. `*` forces.",
)
CURSOR = OpenApiParameter("cursor", str, description="Where to go on: follow `next` rather than make one.")
PAGE_SIZE = OpenApiParameter(
    "page_size",
    {"type": "integer", "minimum": 1, "maximum": queries.MAX_PAGE_SIZE, "default": queries.PAGE_SIZE},
    description="Items of a page.",
)
INCLUDE = OpenApiParameter(
    "include",
    {"type": "string", "enum": [queries.RECOMMENDATIONS]},
    description="`recommendations`: with what each entry is answered with; otherwise that is read with the entry.",
)

# Answers that any operation may give, and those that any may give that reads a body.
_ANYWHERE = {
    400: "The query or the body, or a part of them, can't be understood: `errors` points at what to mend.",
    401: "Nobody is logged in: the token is missing, wrong or revoked.",
    403: "A browser's session without its CSRF token.",
    406: "`Accept` asks for nothing that this address gives.",
    429: "Too much at once: `Retry-After` tells after how many seconds to come back.",
    503: "What was written can't be opened or sealed now (`locked`), or the site can't read or write (`unavailable`, "
    "with `Retry-After`). Send the same again later: an entry that is sent with an id makes no double.",
}
_WITH_BODY = {
    413: "The body is too large.",
    415: "The body is of a type that this address does not read.",
}
_RETRY_AFTER = {
    "Retry-After": {"description": "Seconds to wait.", "schema": {"type": "integer", "minimum": 0}, "required": True}
}


def add_common_problems(result: dict[str, Any], **_generator: Any) -> dict[str, Any]:
    """Add to every operation the errors that it shares with others; a postprocessing hook of drf-spectacular."""
    shared = result["components"].setdefault("responses", {})
    for code, description in (_ANYWHERE | _WITH_BODY).items():
        shared[f"Problem{code}"] = _shared_problem(code, description)
    for operation in operations(result):
        codes = [*_ANYWHERE, *(_WITH_BODY if "requestBody" in operation else ())]
        for code in codes:
            operation["responses"].setdefault(str(code), {"$ref": f"#/components/responses/Problem{code}"})
        operation["responses"] = dict(sorted(operation["responses"].items()))
    return result


def _shared_problem(code: int, description: str) -> dict[str, Any]:
    answer: dict[str, Any] = {
        "description": description,
        "content": {CONTENT_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
    }
    return answer | {"headers": _RETRY_AFTER} if code == 429 else answer
