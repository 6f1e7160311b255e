"""What a store can do, whatever it is made of."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from ml.errors import ModelError

CHUNK_BYTES = 64 * 1024
# A manifest has some thousand bytes; more is not one, and must not fill the memory.
MAX_DOCUMENT_BYTES = 4 * 1024 * 1024


class TransferInterrupted(ModelError):
    """The connection broke while a file was under way; what has arrived is good to continue from."""


@dataclass(frozen=True, slots=True)
class Download:
    """An open file of a store: `chunks` yields bytes from `start` on; `size` is that of the whole file."""

    start: int
    size: int
    chunks: Iterator[bytes]


class Store(Protocol):
    """Files under keys such as `emotion/VERSION/model.onnx`, each written once.

    Every method raises ModelError that names the place and the reason: no such bucket or folder, not allowed,
    not reachable, disk full.
    """

    def locate(self, key: str) -> str:
        """Where the key lies, for messages."""

    def list_files(self, folder: str) -> dict[str, int]:
        """Key → size in bytes of everything below a folder; empty when there is none."""

    def read(self, key: str) -> bytes | None:
        """A small file whole; None when there is none. Raises ModelError over MAX_DOCUMENT_BYTES."""

    def open(self, key: str, *, start: int) -> AbstractContextManager[Download]:
        """Open a file, from byte `start` on where the store can do that, else from its beginning.

        `chunks` raises TransferInterrupted when the connection breaks.
        """

    def create(self, key: str, source: Path, *, sha256: str, report: Callable[[int], None]) -> bool:
        """Write a file that must not exist yet; False, and nothing written, when it does.

        `report` is called with numbers of bytes sent. Raises ModelError when the source has another SHA-256.
        """


def read_document(download: Download, *, place: str) -> bytes:
    """Read a small file. Raises ModelError when it is larger than a manifest can be."""
    content = bytearray()
    for chunk in download.chunks:
        content += chunk
        if len(content) > MAX_DOCUMENT_BYTES:
            raise ModelError(f"{place}: larger than {MAX_DOCUMENT_BYTES} bytes; not what it should be")
    return bytes(content)
