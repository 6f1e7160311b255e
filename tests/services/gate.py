"""A gate in front of a server: closed, nobody reaches the server, though the browser believes itself online."""

import asyncio
import threading
from collections.abc import Coroutine
from typing import Any


class Gate:
    """Forwards TCP connections from a port of its own to 127.0.0.1:`target`, while it is open."""

    def __init__(self, target: int) -> None:
        self.target = target
        self.port = 0
        self._open_connections: set[asyncio.StreamWriter] = set()
        self._is_open = True
        self._answer = b""
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        self._thread.start()
        self._server = self._run(asyncio.start_server(self._forward, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]

    def shut(self, status: int | None = None) -> None:
        """Break every connection, and from now on every new one at once; `status` is what a proxy would answer it."""
        self._answer = (
            f"HTTP/1.1 {status} Down\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode() if status else b""
        )
        self._is_open = False
        self._run(self._break_connections())

    def open(self) -> None:
        self._is_open = True

    def close(self) -> None:
        """Stop for good."""
        self.shut()
        self._loop.call_soon_threadsafe(self._server.close)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=10)

    async def _break_connections(self) -> None:
        for writer in list(self._open_connections):
            writer.transport.abort()

    async def _forward(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if not self._is_open and self._answer:
            await reader.read(65536)
            writer.write(self._answer)
            writer.close()
            return
        if not self._is_open:
            writer.transport.abort()
            return
        from_server, to_server = await asyncio.open_connection("127.0.0.1", self.target)
        self._open_connections |= {writer, to_server}
        await asyncio.gather(self._copy(reader, to_server), self._copy(from_server, writer))
        self._open_connections -= {writer, to_server}

    async def _copy(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        writer.close()
