"""What OPTIONS answers."""

from typing import Any

from rest_framework.metadata import BaseMetadata
from rest_framework.request import Request


class NoMetadata(BaseMetadata):
    """Nothing but the headers, `Allow` among them: fields and formats stand in the OpenAPI document."""

    def determine_metadata(self, request: Request, view: Any) -> None:
        return None
