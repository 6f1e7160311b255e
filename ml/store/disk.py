"""Steps on a local disk that hold over a crash and between processes."""

import errno
import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ml.errors import DiskFullError, ModelError

logger = logging.getLogger(__name__)


@contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Hold the folder for this process; others wait. The lock ends with the process, however that ends."""
    folder.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            logger.info("%s is in use by another process; waiting", folder)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def sync_folder(folder: Path) -> None:
    """Bring to disk which names the folder holds: without it a rename may be undone by a power cut."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_synced(path: Path, content: bytes) -> None:
    """Write a file and bring it to disk."""
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def replace_file(path: Path, content: bytes) -> None:
    """Replace a file in one step: a reader finds the old content or the new, never a part."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        write_synced(temporary, content)
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    sync_folder(path.parent)


def describe_os_error(error: OSError, place: str) -> ModelError:
    """The ModelError of a file operation that failed."""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return DiskFullError(f"{place}: the disk is full. Make room and try again")
    if error.errno in {errno.EACCES, errno.EPERM, errno.EROFS}:
        return ModelError(f"{place}: not allowed ({error.strerror})")
    if error.errno == errno.ENOENT:
        return ModelError(f"{place} does not exist")
    return ModelError(f"{place}: {error.strerror or error}")
