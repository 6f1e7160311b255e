"""The address of the OpenAPI document."""

import threading
from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.utils import translation
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request

# drf-spectacular's table of extensions is filled at the first document, and not by two threads at once.
_MAKING = threading.Lock()


class DocumentView(SpectacularAPIView):  # type: ignore[misc]
    """The document as YAML, or as JSON for whom `Accept` asks for that.

    It is the same for everybody and made once: to make it takes a second of the processor, and anybody may ask.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        renderer = request.accepted_renderer
        return HttpResponse(_rendered(type(renderer)), content_type=renderer.media_type)


def document() -> dict[str, Any]:
    """The OpenAPI document in the site's own language."""
    with _MAKING:
        return _made()


@cache
def _made() -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        result: dict[str, Any] = SchemaGenerator().get_schema(public=True)
    return result


@cache
def _rendered(renderer: type[BaseRenderer]) -> bytes:
    result: bytes = renderer().render(document(), renderer_context={})
    return result
