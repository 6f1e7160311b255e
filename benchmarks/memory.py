"""Memory of running servers: what they hold, and a cage of fixed size around them.

PSS (proportional set size, /proc/PID/smaps_rollup) counts a page that several processes share once in all, so that the
sum over processes is what they really take. RSS would count it once for each.
"""

import contextlib
import os
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from ml.memory import MIB

_CGROUPS = Path("/sys/fs/cgroup")


def processes_below(pid: int) -> list[int]:
    """A process and all of its descendants that live."""
    found = [pid]
    for parent in found:
        for children in Path(f"/proc/{parent}/task").glob("*/children"):
            with contextlib.suppress(OSError):
                found += map(int, children.read_text().split())
    return found


def pss_mib(roots: Sequence[int]) -> float:
    """Proportional set size of some processes and their descendants together, in MiB."""
    return pss_of({pid for root in roots for pid in processes_below(root)})


def pss_of(pids: Iterable[int]) -> float:
    """Proportional set size of some processes together, in MiB."""
    total = 0
    for pid in pids:
        with contextlib.suppress(OSError):  # it ended meanwhile
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
    return total / 1024


@contextmanager
def pinned_to(core: int) -> Iterator[None]:
    """What is started in this block runs on one core; this process goes back to where it was."""
    cores = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {core})
    try:
        yield
    finally:
        os.sched_setaffinity(0, cores)


@dataclass(frozen=True)
class Cage:
    """A cgroup (version 1 or 2) of a fixed size, without swap."""

    folder: Path
    home: Path
    is_v2: bool

    @contextmanager
    def entered(self) -> Iterator[None]:
        """What is started in this block lives and dies in the cage; this process leaves it again."""
        (self.folder / "cgroup.procs").write_text(str(os.getpid()))
        try:
            yield
        finally:
            (self.home / "cgroup.procs").write_text(str(os.getpid()))

    def peak_mib(self) -> float:
        """The most that was ever charged, files in the page cache included: those give way when memory is short."""
        return int((self.folder / ("memory.peak" if self.is_v2 else "memory.max_usage_in_bytes")).read_text()) / MIB

    def kills(self) -> int:
        """How many processes the kernel has killed for want of memory."""
        text = (self.folder / ("memory.events" if self.is_v2 else "memory.oom_control")).read_text()
        return int(dict(line.split() for line in text.splitlines())["oom_kill"])


@contextmanager
def caged(name: str, mebibytes: int) -> Iterator[Cage | None]:
    """A new cgroup of that size; None where this process may not make one."""
    cage = _find_cage(name)
    if cage is None:
        yield None
        return
    try:
        cage.folder.mkdir()
        for limit in ("memory.max",) if cage.is_v2 else ("memory.limit_in_bytes", "memory.memsw.limit_in_bytes"):
            (cage.folder / limit).write_text(str(mebibytes * MIB))
        if cage.is_v2:
            (cage.folder / "memory.swap.max").write_text("0")
    except OSError:
        with contextlib.suppress(OSError):
            cage.folder.rmdir()
        yield None
        return
    try:
        yield cage
    finally:
        cage.folder.rmdir()


def _find_cage(name: str) -> Cage | None:
    for line in Path("/proc/self/cgroup").read_text().splitlines():
        _, controllers, path = line.split(":", 2)
        if "memory" in controllers.split(","):
            root = _CGROUPS / "memory"
            return Cage(root / name, root / path.lstrip("/"), is_v2=False)
    if (_CGROUPS / "cgroup.controllers").exists():
        return Cage(_CGROUPS / name, _CGROUPS / path.lstrip("/"), is_v2=True)
    return None


class PssSampler:
    """Watches the PSS of some processes and their descendants ten times a second while its block runs."""

    INTERVAL_S = 0.1

    def __init__(self, roots: Sequence[int]) -> None:
        self._roots = roots
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self.peak_mib = 0.0

    def __enter__(self) -> "PssSampler":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(self.INTERVAL_S):
            self.peak_mib = max(self.peak_mib, pss_mib(self._roots))
