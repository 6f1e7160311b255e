"""A Redis server of the suite's own: fresh, on a free port, in a temporary folder."""

import shutil
import socket
import tempfile
from pathlib import Path

from tests.services.process import ServiceProcess, free_port, require_binary


class RedisServer:
    """A Redis that writes each command to disk, so that a test may kill it and find its queue again."""

    def __init__(self) -> None:
        binary = require_binary("/usr/bin/redis-server", "redis-server")
        self._folder = Path(tempfile.mkdtemp(prefix="moduhyu-redis-"))
        self._port = free_port()
        address = ("--bind", "127.0.0.1", "--port", str(self._port))
        durability = ("--appendonly", "yes", "--appendfsync", "always", "--save", "")
        self.process = ServiceProcess(
            [binary, *address, "--dir", self._folder, *durability],
            log=self._folder / "redis.log",
            is_ready=self._answers,
        )

    @property
    def url(self) -> str:
        """A CELERY_BROKER_URL or REDIS_URL that stays the same over restarts."""
        return f"redis://127.0.0.1:{self._port}/0"

    def file(self) -> bytes:
        """What is written on the disk: every command since it was last written anew."""
        return b"".join(path.read_bytes() for path in self._folder.rglob("*.aof"))

    def start(self) -> None:
        """Start the server and wait until it answers."""
        self.process.start()

    def close(self) -> None:
        """Stop the server and remove everything it stored."""
        self.process.stop()
        shutil.rmtree(self._folder)

    def _answers(self) -> bool:
        with socket.socket() as client:
            client.settimeout(1)
            if client.connect_ex(("127.0.0.1", self._port)) != 0:
                return False
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
