"""A PostgreSQL cluster of the suite's own: fresh, on a free port, in a temporary folder."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.services.process import ServiceProcess, free_port, require_binary

ROLE = "moduhyu"
# Durability costs time and protects nothing here; a test that kills the server asks for it.
UNSAFE_AND_FAST = ("fsync=off", "synchronous_commit=off", "full_page_writes=off")


class PostgresServer:
    """A cluster with one superuser `moduhyu`, trusted on loopback only.

    `durable=True` keeps fsync on, for tests that kill the server and look for every acknowledged row. `settings` are
    more of PostgreSQL's own: "shared_buffers=1GB".
    """

    def __init__(self, *, durable: bool = False, settings: Sequence[str] = ()) -> None:
        initdb = require_binary("/usr/lib/postgresql/*/bin/initdb", "postgresql")
        # PostgreSQL refuses to run as root; Debian's package brings the user postgres.
        self._user = "postgres" if os.geteuid() == 0 else None
        self._folder = Path(tempfile.mkdtemp(prefix="moduhyu-postgresql-"))
        self._port = free_port()
        self._create_cluster(initdb)
        options = (
            "listen_addresses=127.0.0.1",
            f"port={self._port}",
            f"unix_socket_directories={self._folder}",
            *(() if durable else UNSAFE_AND_FAST),
            *settings,
        )
        self.process = ServiceProcess(
            [
                initdb.with_name("postgres"),
                "-D",
                self._folder / "data",
                *(f"--{option}" for option in options),
            ],
            log=self._folder / "postgresql.log",
            is_ready=self._answers,
            stop_signal=signal.SIGINT,  # "fast" shutdown: does not wait for open connections
            user=self._user,
        )

    @property
    def url(self) -> str:
        """A DATABASE_URL that stays the same over restarts."""
        return f"postgresql://{ROLE}@127.0.0.1:{self._port}/postgres"

    def start(self) -> None:
        """Start the server and wait until it accepts connections."""
        self.process.start()

    def close(self) -> None:
        """Stop the server and remove everything it stored."""
        self.process.stop()
        shutil.rmtree(self._folder)

    def _create_cluster(self, initdb: Path) -> None:
        if self._user is not None:
            shutil.chown(self._folder, self._user, self._user)
        options = (f"--username={ROLE}", "--auth=trust", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync")
        subprocess.run(
            [initdb, "-D", self._folder / "data", *options],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
            user=self._user,
            group=self._user,
            extra_groups=None if self._user is None else [],
        )

    def _answers(self) -> bool:
        """The log line, not the open port: while it recovers from a kill, PostgreSQL listens and refuses."""
        if "ready to accept connections" not in self.process.output():
            return False
        with socket.socket() as probe:
            return probe.connect_ex(("127.0.0.1", self._port)) == 0
