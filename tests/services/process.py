"""A child process that a test may start, wait for, kill and start again."""

import contextlib
import os
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
START_TIMEOUT_S = 60.0
STOP_TIMEOUT_S = 15.0


def free_port() -> int:
    """A loopback port that nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def require_binary(pattern: str, package: str) -> Path:
    """The newest executable that the absolute glob `pattern` matches; else UsageError names `package`."""
    found = sorted(path for path in Path("/").glob(pattern.lstrip("/")) if os.access(path, os.X_OK))
    if not found:
        raise pytest.UsageError(f"{pattern} is missing. `make test` installs it, or: apt-get install {package}")
    return found[-1]


class ServiceProcess:
    """One server process in a session of its own, with its output in a log file.

    `start` waits until `is_ready` answers true; it raises RuntimeError with the end of the log when the
    process dies or START_TIMEOUT_S seconds pass first.
    """

    def __init__(
        self,
        command: Sequence[str | Path],
        *,
        log: Path,
        is_ready: Callable[[], bool],
        stop_signal: signal.Signals = signal.SIGTERM,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: Path = ROOT,
        pass_fds: Sequence[int] = (),
    ) -> None:
        # setpriv ties the server's life to ours: even a suite that is killed leaves no server behind.
        self._command = ["setpriv", "--pdeathsig", "KILL", *map(str, command)]
        self._log = log
        self._is_ready = is_ready
        self._stop_signal = stop_signal
        self._env = None if env is None else dict(env)
        self._user = user
        self._cwd = cwd
        self._pass_fds = pass_fds
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether the process was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    @property
    def pid(self) -> int:
        """The number of the process, which must have been started."""
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start the process and wait until it is ready."""
        with self._log.open("wb") as output:
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                cwd=self._cwd if self._user is None else "/",
                pass_fds=self._pass_fds,
                env=self._env,
                user=self._user,
                group=self._user,
                extra_groups=None if self._user is None else [],
                start_new_session=True,
            )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._is_ready():
            if not self.is_running or time.monotonic() > deadline:
                self.kill()
                raise RuntimeError(f"{self._command[3]} did not start:\n{self.output()[-2000:]}")
            time.sleep(0.05)

    def output(self) -> str:
        """What the process has written since its last start."""
        return self._log.read_text(errors="replace") if self._log.exists() else ""

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to the process alone."""
        assert self._process is not None
        self._process.send_signal(number)

    def stop(self) -> None:
        """End the process as an operator would, or by force when it does not listen."""
        if self._process is None or not self.is_running:
            return
        self._process.send_signal(self._stop_signal)
        try:
            self._process.wait(STOP_TIMEOUT_S)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """`kill -9` for the process and its children: what a power cut or the kernel's memory killer does."""
        if self._process is None or not self.is_running:
            return
        # PostgreSQL's children lead groups of their own.
        descendants = list(self._descendants(self._process.pid))
        os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        for pid in descendants:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def kill_parent(self) -> None:
        """`kill -9` for the process alone: its children are left to themselves."""
        if self._process is not None and self.is_running:
            os.kill(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def children(self) -> list[int]:
        """The processes that it has started, as far as they live."""
        assert self._process is not None
        return children_of(self._process.pid)

    def kill_child(self, choose: Callable[[Sequence[int]], int]) -> None:
        """`kill -9` for one of its children, of which the parent is to take notice by itself."""
        os.kill(choose(self.children()), signal.SIGKILL)

    def _descendants(self, pid: int) -> Iterator[int]:
        for child in children_of(pid):
            yield child
            yield from self._descendants(child)


def children_of(pid: int) -> list[int]:
    """The processes that the process has started, as far as they live."""
    try:
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except FileNotFoundError:
        return []
