"""A store in a folder: of this machine, or of a network disk."""

import hashlib
import os
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from ml.errors import ModelError, StoreError
from ml.store.base import CHUNK_BYTES, Download, TransferInterrupted, read_document
from ml.store.disk import describe_os_error, sync_folder


class FolderStore:
    """Files under a folder, which must be there: a missing one is more likely a disk that isn't mounted."""

    def __init__(self, root: Path) -> None:
        self._root = root

    def locate(self, key: str) -> str:
        """The path of the key."""
        return str(self._root / key)

    def list_files(self, folder: str) -> dict[str, int]:
        """Key → size in bytes of everything below a folder; half-written files are left out."""
        self._require_root()
        with _translated(self.locate(folder)):
            paths = (path for path in (self._root / folder).rglob("*") if path.is_file())
            return {
                path.relative_to(self._root).as_posix(): path.stat().st_size
                for path in paths
                if not path.name.startswith(".")
            }

    def read(self, key: str) -> bytes | None:
        """A small file whole; None when there is none."""
        self._require_root()
        with _translated(self.locate(key)):
            if not (self._root / key).exists():
                return None
        with self.open(key, start=0) as download:
            return read_document(download, place=self.locate(key))

    @contextmanager
    def open(self, key: str, *, start: int) -> Iterator[Download]:
        """Open a file from byte `start` on."""
        self._require_root()
        path = self._root / key
        with _translated(str(path)):
            file = path.open("rb")
        with file:
            file.seek(start)
            yield Download(start, os.fstat(file.fileno()).st_size, _read_chunks(file, path))

    def create(self, key: str, source: Path, *, sha256: str, report: Callable[[int], None]) -> bool:
        """Copy the source under another name, then link it: nobody finds a half, and nothing is overwritten."""
        self._require_root()
        path = self._root / key
        with _translated(str(path)):
            path.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=path.parent, prefix=".") as temporary:
                if _copy(source, temporary.file, report) != sha256:
                    raise ModelError(f"{source} was changed while it was published. Try again")
                Path(temporary.name).chmod(0o644)  # a temporary file is made for its owner alone
                try:
                    os.link(temporary.name, path)
                except FileExistsError:
                    return False
            sync_folder(path.parent)
        return True

    def _require_root(self) -> None:
        with _translated(str(self._root)):
            is_folder = self._root.is_dir()
        if not is_folder:
            raise StoreError(f"the model store {self._root} is no folder. Make it, mount it, or correct the path")


@contextmanager
def _translated(place: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise describe_os_error(error, place) from error


def _read_chunks(file: IO[bytes], path: Path) -> Iterator[bytes]:
    try:
        while chunk := file.read(CHUNK_BYTES):
            yield chunk
    except OSError as error:  # a network disk can break off as any connection can
        raise TransferInterrupted(f"{path}: {error.strerror}") from error


def _copy(source: Path, target: IO[bytes], report: Callable[[int], None]) -> str:
    """Copy a file to disk; return the SHA-256 of what was copied."""
    digest = hashlib.sha256()
    with source.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            digest.update(chunk)
            target.write(chunk)
            report(len(chunk))
    target.flush()
    os.fsync(target.fileno())
    return digest.hexdigest()
