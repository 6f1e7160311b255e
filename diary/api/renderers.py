"""Writes JSON bodies, and lets go of what they were written from."""

from collections.abc import Mapping
from typing import Any, cast

from rest_framework.renderers import JSONRenderer as RestFrameworkJSONRenderer


class JSONRenderer(RestFrameworkJSONRenderer):
    """REST framework's; parts view and response, which name each other, once the body is written.

    Together they would keep all that was answered until the garbage collector comes: with the thousands of objects of
    a page of entries, it comes often and stays for long.
    """

    def render(
        self, data: Any, accepted_media_type: str | None = None, renderer_context: Mapping[str, Any] | None = None
    ) -> Any:
        body = super().render(data, accepted_media_type, renderer_context)
        context = cast("dict[str, Any]", renderer_context or {})
        if context.pop("response", None):
            vars(context["view"]).pop("response", None)
        return body
