"""Reads JSON bodies, and refuses what would only burn time and memory."""

import json
import math
import shutil
import tempfile
from collections.abc import Mapping
from typing import IO, Any

from django.conf import settings
from django.utils.translation import gettext as _
from rest_framework.parsers import BaseParser

from diary.api.errors import TooLargeError, UnreadableBodyError
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
            return json.loads(
                stream.read().decode(),
                object_pairs_hook=_unique_names,
                parse_constant=_refuse_number,
                parse_float=_finite_number,
            )
        except RecursionError:
            raise UnreadableBodyError(_("JSON이 너무 깊어요.")) from None
        except UnicodeDecodeError:
            raise UnreadableBodyError(_("본문은 UTF-8로 보내 주세요.")) from None
        except ValueError:  # its message would quote the body
            raise UnreadableBodyError(_("본문이 올바른 JSON이 아니에요.")) from None


def _unique_names(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """An object; of two values under one name, one would be lost unnoticed."""
    values = dict(pairs)
    if len(values) < len(pairs):
        raise UnreadableBodyError(_("JSON 객체 하나에 같은 이름이 두 번 있어요."))
    return values


def _finite_number(text: str) -> float:
    number = float(text)
    return number if math.isfinite(number) else _refuse_number(text)


def _refuse_number(text: str) -> float:
    raise ValueError("not a finite number")


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
