"""How views become operations of the OpenAPI document, where drf-spectacular alone would say less than is true."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.plumbing import force_instance

from diary.api.fields import RefusesUnknownFields

# Small resources are told of together: what their addresses begin with, and a tag of moduhyu/settings_api.py.
TAGS = {
    "calendar": "look-back",
    "trends": "look-back",
    "tags": "look-back",
    "export": "portability",
    "exports": "portability",
    "import": "portability",
}


class DocumentedView(AutoSchema):
    """An operation as it is served: bodies of DELETE, fields that may not be sent, and those that always come back."""

    _is_delete = False

    def get_tags(self) -> list[str]:
        return [TAGS.get(name, name) for name in super().get_tags()]

    def get_request_serializer(self) -> Any:
        # A DELETE has a body only where its view names one with `extend_schema(request=…)`, which comes before this.
        return None if self._is_delete else super().get_request_serializer()

    def _get_request_body(self, direction: str = "request") -> Any:
        if self.method != "DELETE":
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        # drf-spectacular passes over bodies of DELETE; OpenAPI 3.1 knows them.
        self.method, self._is_delete = "POST", True
        try:
            return super()._get_request_body(direction)  # type: ignore[no-untyped-call]
        finally:
            self.method, self._is_delete = "DELETE", False

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if not isinstance(force_instance(serializer), RefusesUnknownFields):  # type: ignore[no-untyped-call]
            return schema
        if direction == "request":
            return schema | {"additionalProperties": False}
        return schema | {"required": sorted(schema["properties"])}  # what may be left out is still answered
