"""The WSGI application that gunicorn serves."""

import logging
import os
from collections.abc import Callable, Iterable
from typing import IO, Any

from django.core.wsgi import get_wsgi_application
from django.utils.http import parse_header_parameters

from moduhyu.log_context import ServerFilter

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "moduhyu.settings")


class WellFormed:
    """Mends what Django would stumble over before any middleware of ours has seen it.

    A charset other than UTF-8 becomes one that nobody knows: Django takes any codec of Python's for a charset, `hex`
    among them, and fails. Of a body that broke off, and so is shorter than its Content-Length, the end is an OSError:
    gunicorn ends it as any other, and half of a form or of a file would be taken for all of it, and saved.
    """

    def __init__(self, application: Callable[..., Iterable[bytes]]) -> None:
        self._application = application

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if "charset" in environ.get("CONTENT_TYPE", "").lower():
            environ["CONTENT_TYPE"] = _with_known_charset(environ["CONTENT_TYPE"])
        length = environ.get("CONTENT_LENGTH", "")
        if length.isascii() and length.isdecimal():
            environ["wsgi.input"] = _WholeBody(environ["wsgi.input"], int(length))
        return self._application(environ, start_response)


def _with_known_charset(content_type: str) -> str:
    try:
        kind, parameters = parse_header_parameters(content_type)
    except (LookupError, ValueError):  # an encoding within the header, which is none
        return "application/octet-stream"
    if parameters.get("charset", "utf-8").lower() == "utf-8":
        return content_type
    quoted = {name: value.replace("\\", r"\\").replace('"', r"\"") for name, value in parameters.items()}
    return "; ".join([kind, *(f'{name}="{value}"' for name, value in (quoted | {"charset": "other"}).items())])


class _WholeBody:
    """A body of which `missing` bytes are still to come. Django's own stream over it asks for no more than that."""

    def __init__(self, stream: IO[bytes], missing: int) -> None:
        self._stream = stream
        self._missing = missing

    def read(self, size: int = -1) -> bytes:
        wanted = self._missing if size < 0 else min(size, self._missing)
        data = self._stream.read(wanted)
        return self._checked(data, is_whole=len(data) == wanted)

    def readline(self, size: int = -1) -> bytes:
        wanted = self._missing if size < 0 else min(size, self._missing)
        line = self._stream.readline(wanted)
        return self._checked(line, is_whole=len(line) == wanted or line.endswith(b"\n"))

    def _checked(self, data: bytes, *, is_whole: bool) -> bytes:
        self._missing -= len(data)
        if not is_whole:
            raise ConnectionResetError("the body broke off")
        return data


application = WellFormed(get_wsgi_application())
# Not by settings.LOGGING: naming the logger there would take away the handlers that gunicorn gave it.
logging.getLogger("gunicorn.error").addFilter(ServerFilter())
