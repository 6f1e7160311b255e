"""A part of a file, so that a download that broke off goes on where it stopped (RFC 9110, 14).

Django's FileResponse always sends the whole. One range is answered; of several the whole is sent, as the RFC allows.
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

from django.http import StreamingHttpResponse
from rest_framework import exceptions, status

SENT_AT_ONCE = 2**16
# What is longer than any file's size needs no more digits.
_RANGE = re.compile(r"bytes=[ \t]*([0-9]{0,18})-([0-9]{0,18})[ \t]*", re.IGNORECASE)


class UnsatisfiableRangeError(exceptions.APIException):
    """416: nothing of the file lies in the range. `size` is the file's, in bytes."""

    status_code = status.HTTP_416_REQUESTED_RANGE_NOT_SATISFIABLE
    default_code = "unsatisfiable_range"

    def __init__(self, detail: str, size: int) -> None:
        super().__init__(detail)
        self.size = size


def find_range(asked: str, size: int) -> range | None:
    """The places that a `Range` header asks for, of a file of so many bytes; None for all of it.

    Empty where none of them is in the file. What is no range of bytes, or several, asks for all of it.
    """
    match = _RANGE.fullmatch(asked.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        return range(max(0, size - int(last)), size)
    if last and int(last) < int(first):
        return None
    return range(int(first), min(size, int(last) + 1) if last else size)


def file_response(request: Any, file: BinaryIO, *, size: int, tag: str, unsatisfiable: str) -> StreamingHttpResponse:
    """The file, or the part that `Range` asks for while `If-Range`, if there is any, names its tag; closes it.

    `tag` is quoted, and another for another content. Raises UnsatisfiableRangeError with the words given.
    """
    may_be_part = request.method == "GET" and request.headers.get("If-Range", tag) == tag
    part = find_range(request.headers.get("Range", ""), size) if may_be_part else None
    if part is not None and not part:
        file.close()
        raise UnsatisfiableRangeError(unsatisfiable, size)
    sent = range(size) if part is None else part
    pieces = _Pieces(file, sent) if request.method == "GET" else _Pieces(file, range(0))
    response = StreamingHttpResponse(pieces, status=200 if part is None else 206)
    response["Content-Length"] = str(len(sent))
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = tag
    if part is not None:
        response["Content-Range"] = f"bytes {part.start}-{part.stop - 1}/{size}"
    return response


class _Pieces(Iterator[bytes]):
    """A part of a file, some of it at a time. Closed with the answer, even where nothing of it was sent."""

    def __init__(self, file: BinaryIO, places: range) -> None:
        self._file = file
        self._left = len(places)
        file.seek(places.start)

    def __next__(self) -> bytes:
        piece = self._file.read(min(SENT_AT_ONCE, self._left)) if self._left else b""
        if not piece:
            raise StopIteration
        self._left -= len(piece)
        return piece

    def close(self) -> None:
        self._file.close()
