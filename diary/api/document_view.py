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
from rest_framework.request import Request

# drf-spectacular's table of extensions is filled at the first document, and not by two threads at once.
_MAKING = threading.Lock()


class DocumentView(SpectacularAPIView):
    """The document as YAML, or as JSON for whom `Accept` asks for that.

    It is the same for everybody and made once: to make it takes a second of the processor, and anybody may ask.
    """

    @extend_schema(exclude=True)
    def get(self, request: Request) -> HttpResponse:
        kind = request.accepted_renderer.media_type
        return HttpResponse(_rendered(kind), content_type=kind)


def document() -> dict[str, Any]:
    """The OpenAPI document in the site's own language."""
    with _MAKING:
        return _made()


@cache
def _made() -> dict[str, Any]:
    with translation.override(settings.LANGUAGE_CODE):
        result: dict[str, Any] = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
    return result


@cache
def _rendered(kind: str) -> str | bytes:
    renderer = next(renderer for renderer in DocumentView.renderer_classes if renderer.media_type == kind)
    return renderer().render(document(), renderer_context={})
