"""An S3 service with faults: it cuts connections, stalls, refuses, and knows no Range or If-None-Match, as it is told.

It answers over HTTP from memory, as S3's documentation says; moto can't be told to break a connection.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LARGE_BYTES = 10_000  # manifests are smaller, and always come through
ERROR = '<?xml version="1.0" encoding="UTF-8"?><Error><Code>{}</Code><Message>{}</Message></Error>'


@dataclass
class Service:
    """What the service holds, what it was asked, and how it misbehaves."""

    objects: dict[str, bytes] = field(default_factory=dict)
    requests: list[tuple[str, str, str]] = field(default_factory=list)  # method, path, Range
    url: str = ""
    # Every request is answered by this status and code.
    refusal: tuple[int, str] | None = None
    # A GET of something large is cut off after so many bytes, `cuts` times.
    cut_after: int | None = None
    cuts: int = 0
    # Where set: such a GET waits for `go_on` instead; the event tells that it waits.
    stalled: threading.Event | None = None
    go_on: threading.Event = field(default_factory=threading.Event)
    knows_ranges: bool = True
    knows_conditions: bool = True


@contextmanager
def serve() -> Iterator[Service]:
    """Run the service on a free port."""
    service = Service()

    class Handler(_Handler):
        state = service

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    service.url = f"http://127.0.0.1:{server.server_address[1]}"
    # Seconds until it heeds `shutdown`.
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield service
    finally:
        service.go_on.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    state: Service

    def do_GET(self) -> None:
        asked = self.headers.get("Range", "")
        self.state.requests.append(("GET", self.path, asked))
        content = self.state.objects.get(self.path)
        if self.state.refusal or content is None:
            self._refuse(*(self.state.refusal or (404, "NoSuchKey")))
            return
        start = int(asked.removeprefix("bytes=").rstrip("-")) if asked and self.state.knows_ranges else 0
        if start and start >= len(content):
            self._refuse(416, "InvalidRange")
            return
        self.send_response(206 if start else 200)
        if start:
            self.send_header("Content-Range", f"bytes {start}-{len(content) - 1}/{len(content)}")
        self.send_header("Content-Length", str(len(content) - start))
        self.end_headers()
        self._send(content[start:])

    def do_HEAD(self) -> None:
        self.send_response(200 if self.path in self.state.objects else 404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_PUT(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        self.state.requests.append(("PUT", self.path, ""))
        if self.state.refusal:
            self._refuse(*self.state.refusal)
        elif "If-None-Match" in self.headers and not self.state.knows_conditions:
            self._refuse(501, "NotImplemented")
        elif "If-None-Match" in self.headers and self.path in self.state.objects:
            self._refuse(412, "PreconditionFailed")
        else:
            self.state.objects[self.path] = content
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

    def _send(self, content: bytes) -> None:
        limit = self.state.cut_after
        if limit is None or len(content) <= max(limit, LARGE_BYTES):
            self.wfile.write(content)
            return
        if self.state.stalled is not None:
            self.wfile.write(content[:limit])
            self.state.stalled.set()
            self.state.go_on.wait()
            self.close_connection = True
        elif self.state.cuts:
            self.state.cuts -= 1
            self.wfile.write(content[:limit])
            self.close_connection = True
        else:
            self.wfile.write(content)

    def _refuse(self, status: int, code: str) -> None:
        body = ERROR.format(code, "as the test wants it").encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *arguments: object) -> None:
        pass
