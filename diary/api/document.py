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
    "browse": "catalogue",
    "liked": "catalogue",
    "movies": "catalogue",
    "tracks": "catalogue",
    "model": "about",
    "profile": "account",
    "export": "portability",
    "exports": "portability",
    "import": "portability",
}


class DocumentedView(AutoSchema):
    """An operation as it is served: fields that may not be sent, and those that always come back."""

    def get_tags(self) -> list[str]:
        return [TAGS.get(name, name) for name in super().get_tags()]

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name.removeprefix('Listed')}Page"  # as MoviePage

    def _map_basic_serializer(self, serializer: Any, direction: str) -> Any:
        schema = super()._map_basic_serializer(serializer, direction)  # type: ignore[no-untyped-call]
        if not isinstance(force_instance(serializer), RefusesUnknownFields):  # type: ignore[no-untyped-call]
            return schema
        if direction == "request":
            return schema | {"additionalProperties": False}
        # What may be left out of a request is still answered.
        left_out = getattr(force_instance(serializer), "may_be_left_out", ())  # type: ignore[no-untyped-call]
        return schema | {"required": sorted(set(schema["properties"]) - set(left_out))}
