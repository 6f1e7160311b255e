"""Files that only their key opens: a Fernet token for each MiB, so that any part of the content can be read by itself.

All tokens but the last are of equal length, one a line. Each carries its number: chunks can't be put in another order.
Whether chunks are missing at the end, only who knows the size of the content can tell.
"""

import io
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import Fernet, InvalidToken

from diary.portability.limits import MIB

_CHUNK = MIB
_NUMBER = 4  # bytes before each chunk


def new_key() -> str:
    """A key for one file."""
    return Fernet.generate_key().decode()


def write(path: Path, key: str, chunks: Iterable[bytes]) -> int:
    """Write a new file, readable by its owner alone; returns the size of its content in bytes.

    Nothing is left of it where `chunks` raises. Raises OSError, FileExistsError for a name that is taken.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    is_whole = False
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            size = _seal(Fernet(key), chunks, file)
        is_whole = True
    finally:
        if not is_whole:
            path.unlink(missing_ok=True)
    return size


def read(path: Path, key: str, damaged: Callable[[], Exception]) -> BinaryIO:
    """The content, seekable. Raises FileNotFoundError, and what `damaged` makes of a file that does not open, here or
    while it is read.
    """
    return io.BufferedReader(_Unsealed(path.open("rb"), Fernet(key), damaged), MIB // 4)


def _seal(fernet: Fernet, chunks: Iterable[bytes], file: BinaryIO) -> int:
    waiting, number, size = bytearray(), 0, 0
    for chunk in chunks:
        waiting += chunk
        size += len(chunk)
        while len(waiting) >= _CHUNK:
            file.write(_sealed(fernet, number, waiting[:_CHUNK]))
            del waiting[:_CHUNK]
            number += 1
    file.write(_sealed(fernet, number, waiting))
    return size


def _sealed(fernet: Fernet, number: int, chunk: bytes | bytearray) -> bytes:
    return fernet.encrypt(number.to_bytes(_NUMBER, "big") + chunk) + b"\n"


class _Unsealed(io.RawIOBase):
    """The plain content of a sealed file, of which one chunk at a time is in memory."""

    def __init__(self, file: BinaryIO, fernet: Fernet, damaged: Callable[[], Exception]) -> None:
        self._file = file
        self._fernet = fernet
        self._damaged = damaged
        self._line_bytes = len(file.readline())
        self._lines = -(-file.seek(0, io.SEEK_END) // self._line_bytes) if self._line_bytes else 0
        self._open: tuple[int, bytes] = (-1, b"")
        self._size = max(0, self._lines - 1) * _CHUNK + len(self._chunk(self._lines - 1))
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        self._at = max(0, start + offset)
        return self._at

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        if self._at >= self._size:
            return 0
        number, offset = divmod(self._at, _CHUNK)
        piece = self._chunk(number)[offset : offset + len(buffer)]
        buffer[: len(piece)] = piece
        self._at += len(piece)
        return len(piece)

    def close(self) -> None:
        self._file.close()
        super().close()

    def _chunk(self, number: int) -> bytes:
        if self._open[0] != number:
            self._file.seek(max(0, number) * self._line_bytes)
            try:
                content = self._fernet.decrypt(self._file.readline().strip())
            except InvalidToken:
                content = b""
            if content[:_NUMBER] != max(0, number).to_bytes(_NUMBER, "big"):
                raise self._damaged()
            self._open = (number, content[_NUMBER:])
        return self._open[1]
