"""Reads JSON bodies, and refuses what would only burn time and memory."""

import shutil
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework import exceptions
from rest_framework.parsers import BaseParser
from rest_framework.parsers import JSONParser as RestFrameworkJSONParser

from diary.api.errors import TooLargeError
from diary.portability.limits import MAX_UPLOAD_BYTES, MIB


class JSONParser(RestFrameworkJSONParser):
    """REST framework's parser with a limit on size and on nesting."""

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        length = (parser_context or {})["request"].META.get("CONTENT_LENGTH") or 0
        if int(length) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            raise TooLargeError
        try:
            return super().parse(stream, media_type, parser_context)
        except RecursionError:
            raise exceptions.ParseError(_("JSON이 너무 깊어요.")) from None


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
