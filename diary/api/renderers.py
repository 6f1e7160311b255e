"""Writes JSON bodies, and lets go of what they were written from."""

from collections.abc import Mapping
from typing import Any, cast

import orjson
from rest_framework.renderers import JSONRenderer as RestFrameworkJSONRenderer
from rest_framework.utils.encoders import JSONEncoder


class JSONRenderer(RestFrameworkJSONRenderer):
    """REST framework's, by orjson; parts view and response, which name each other, once the body is written.

    A page of entries holds thousands of numbers, which the standard library takes 9 ms to write, and orjson 1.

    Together, view and response would keep all that was answered until the garbage collector comes: with the thousands
    of objects of a page of entries, it comes often and stays for long.
    """

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = write_json(data)
        context = cast("dict[str, Any]", renderer_context or {})
        if context.pop("response", None):
            vars(context["view"]).pop("response", None)
        return body


def write_json(data: Any) -> bytes:
    """UTF-8 without blanks, what JSON does not know as REST framework's encoder says it; nothing for None."""
    if data is None:
        return b""
    return orjson.dumps(
        data, default=JSONEncoder().default, option=orjson.OPT_NON_STR_KEYS | orjson.OPT_PASSTHROUGH_DATETIME
    )
