"""Reads JSON bodies, and refuses what would only burn time and memory."""

import shutil
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from rest_framework.parsers import BaseParser

from diary.api.errors import TooLargeError, UnreadableBodyError
from diary.api.json_body import UnreadableJsonError, read_json
from diary.portability.limits import MAX_UPLOAD_BYTES, MIB


class JSONParser(BaseParser):
    """JSON as RFC 8259 has it between systems: UTF-8 without a BOM, finite numbers, each name once in its object.

    Raises TooLargeError over DATA_UPLOAD_MAX_MEMORY_SIZE bytes, UnreadableBodyError for what is no such JSON.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError
        try:
            return read_json(stream.read())
        except UnreadableJsonError as error:
            raise UnreadableBodyError(str(error)) from None


class FileParser(BaseParser):
    """A file that is the whole body: it is copied, and counted, to a file without a name."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        if int((parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0) > MAX_UPLOAD_BYTES:
            raise TooLargeError
        file = tempfile.TemporaryFile()  # noqa: SIM115 - the view reads it; it is gone with the request
        shutil.copyfileobj(stream, file, MIB)
        file.seek(0)
        return file


class ZipFileParser(FileParser):
    """A ZIP."""

    media_type = "application/zip"


class CsvFileParser(FileParser):
    """A table."""

    media_type = "text/csv"


class JsonFileParser(FileParser):
    """A JSON document that is too large to be read at once."""

    media_type = "application/json"
