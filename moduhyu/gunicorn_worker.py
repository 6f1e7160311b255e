"""gunicorn's worker of threads, with an end to its patience.

Eight clients that send a byte a minute, or take one, would have all of its threads for as long as they please.
"""

import ctypes
import errno
import select
import signal
import socket
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from gunicorn.workers.gthread import ThreadWorker  # type: ignore[import-untyped]

# A client may keep a thread waiting for that long, and earns as much back by what it sends at this rate.
PATIENCE_S = 20.0
EARNING_BYTES_PER_S = 8 * 1024
# To take one piece of an answer: a page, or what the site sends at once of a file.
TAKING_S = 120.0
PR_SET_PDEATHSIG = 1  # <linux/prctl.h>


class PatientSocket(socket.socket):
    """A client's connection that is given up once the client is too slow.

    To gunicorn it looks as though the client had hung up, which fills no log.
    """

    _left_s = PATIENCE_S

    def begin_request(self) -> None:
        """Let the client have all of the patience again."""
        self._left_s = PATIENCE_S

    def recv(self, size: int, flags: int = 0, /) -> bytes:
        start = time.monotonic()
        try:
            data: bytes = self._within(self._left_s, super().recv, size, flags)
        finally:
            self._left_s -= time.monotonic() - start
        self._left_s = min(PATIENCE_S, self._left_s + len(data) / EARNING_BYTES_PER_S)
        return data

    def sendall(self, data: Any, flags: int = 0, /) -> None:
        self._within(TAKING_S, super().sendall, data, flags)

    def sendfile(self, file: Any, offset: int = 0, count: int | None = None) -> int:
        return int(self._within(TAKING_S, super().sendfile, file, offset, count))

    def _within(self, seconds: float, call: Any, *arguments: Any) -> Any:
        before = self.gettimeout()
        self.settimeout(max(seconds if before is None else min(before, seconds), 0.001))
        try:
            return call(*arguments)
        except TimeoutError:
            raise ConnectionResetError(errno.ECONNRESET, "the client is too slow") from None
        finally:
            self.settimeout(before)


class PatientWorker(ThreadWorker):  # type: ignore[misc]
    """ThreadWorker over PatientSocket."""

    def enqueue_req(self, conn: Any) -> None:
        """Have a thread serve a connection's next request."""
        if type(conn.sock) is socket.socket:  # none that TLS was wrapped around
            timeout = conn.sock.gettimeout()
            conn.sock = PatientSocket(fileno=conn.sock.detach())
            conn.sock.settimeout(timeout)
        if isinstance(conn.sock, PatientSocket):
            conn.sock.begin_request()
        super().enqueue_req(conn)

    def set_accept_enabled(self, enabled: bool) -> None:
        """Take new connections or none; once it stops, close the door.

        gunicorn leaves it open until the last request has ended: who comes meanwhile would wait, and then be hung up
        on. Who has come already is let in.
        """
        is_stopping = not enabled and not self.alive
        if is_stopping:
            for listener in self.sockets:
                self._let_in(listener)
        super().set_accept_enabled(enabled)
        if is_stopping:
            for listener in self.sockets:
                listener.close()

    def _let_in(self, listener: Any) -> None:
        waiting = select.poll()
        waiting.register(listener, select.POLLIN)
        while waiting.poll(0):
            self.accept(listener)


def end_with_master() -> None:
    """Have this worker end when its master is killed: with clients that keep their connections busy it would go on for
    half a minute, and no new master could have its port.
    """
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGTERM)


@contextmanager
def kept_alive(worker: Any) -> Iterator[None]:
    """Tell the master each second that a worker lives which is at work on something long before it serves."""
    is_over = threading.Event()

    def tell() -> None:
        while not is_over.wait(1):
            worker.notify()

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        yield
    finally:
        is_over.set()
        thread.join()
