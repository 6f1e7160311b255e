"""ETags: a read of what the client has already is answered 304, and a change names the revision it was made on."""

import hashlib
import re
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers
from django.utils.http import parse_etags

API = "/api/v1/"
# What the answers of the API depend on beside their address: the language, and who asks.
VARY = ("Accept", "Accept-Language", "Cookie", "X-Session-Token")
_DIGEST_BYTES = 12
# The revision stands before the hash of the whole answer, which also changes when the entry has been read.
_REVISION = re.compile(r'(?:W/)?"(\d{1,9})(?:-[0-9a-f]*)?"', re.ASCII)


class ETagMiddleware:
    """Tags the answers of the API by their content, and answers `If-None-Match`.

    Django's ConditionalGetMiddleware tags nothing that must not be stored; a client that keeps what it read itself
    saves the transfer all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if not request.path.startswith(API):
            return response
        patch_vary_headers(response, VARY)
        is_read = request.method in ("GET", "HEAD")
        if response.streaming or not 200 <= response.status_code < 300 or not (is_read or "ETag" in response):
            return response
        digest = hashlib.blake2b(response.content, digest_size=_DIGEST_BYTES).hexdigest()
        revision = response.get("ETag", "").strip('"')
        response["ETag"] = f'"{revision}-{digest}"' if revision else f'"{digest}"'
        # `If-Match` guards changes: a read changes nothing.
        if response.status_code != 200 or not is_read or "If-Match" in request.headers:
            return response
        return get_conditional_response(request, etag=response["ETag"], response=response) or response


def revisions_in(header: str) -> set[int] | None:
    """The revisions that an `If-Match` names, one or several; None for `*`, which stands for any.

    What is no tag of an entry names none.
    """
    tags = parse_etags(header)
    if tags == ["*"]:
        return None
    return {int(match[1]) for tag in tags if (match := _REVISION.fullmatch(tag))}
