"""A real web server on a free port that answers as a test tells it to, and remembers what it was asked."""

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit


@dataclass(frozen=True)
class Reply:
    """What is sent back: JSON, or bytes as they are; `cut` breaks off in the middle, `delay` sleeps first."""

    status: int = 200
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    delay: float = 0
    cut: bool = False


@dataclass(frozen=True)
class Asked:
    """One request: its path, its query as single values, its headers, its body."""

    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: str


@dataclass
class Server:
    """The server's address, and the requests so far."""

    url: str
    asked: list[Asked]

    def paths(self) -> list[str]:
        return [request.path for request in self.asked]


@contextmanager
def serve(answer: Callable[[Asked], Reply]) -> Iterator[Server]:
    """Run a server until the block ends."""
    asked: list[Asked] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _reply(self) -> None:
            parts = urlsplit(self.path)
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
            request = Asked(parts.path, query, dict(self.headers), body)
            asked.append(request)
            reply = answer(request)
            time.sleep(reply.delay)
            content = reply.body if isinstance(reply.body, bytes) else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content[: len(content) // 2] if reply.cut else content)
            self.close_connection = reply.cut

        do_GET = do_POST = _reply

        def log_message(self, *arguments: object) -> None:
            """Say nothing."""

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *arguments: object) -> None:
            """A client that gave up is what some tests are about."""

    with Quiet(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield Server(f"http://127.0.0.1:{server.server_port}", asked)
        finally:
            server.shutdown()
            thread.join()
