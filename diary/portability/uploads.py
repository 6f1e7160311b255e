"""Keeps an upload between its preview and its import: encrypted, for an hour at most, for its owner alone.

The key lies in the owner's session and nowhere else: a file that is left behind can be read by nobody.
"""

import io
import os
import re
import secrets
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from diary.portability.errors import UnreadableFileError
from diary.portability.limits import MAX_UPLOAD_BYTES, MIB

KEPT_SECONDS = 3600
_CHUNK = MIB
_NUMBER = 4  # bytes before each chunk: chunks can't be put in another order
_NAME = re.compile(r"(\d+)-[0-9a-f]{32}")


@dataclass(frozen=True)
class Kept:
    """Where an upload lies, and its key; what a session remembers."""

    name: str
    key: str


def folder() -> Path:
    """Where uploads lie."""
    return Path(settings.VAR_DIR) / "imports"


def keep(user: User, chunks: Iterable[bytes]) -> Kept:
    """Keep an upload. What others have left behind for too long is deleted by the way.

    Raises UnreadableFileError for one that is too large.
    """
    forget_old()
    folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = Kept(f"{user.pk}-{secrets.token_hex(16)}", Fernet.generate_key().decode())
    path = folder() / kept.name
    is_whole = False
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            _seal(Fernet(kept.key), chunks, file)
        is_whole = True
    finally:
        if not is_whole:
            path.unlink(missing_ok=True)
    return kept


def open_kept(user: User, kept: Kept) -> BinaryIO:
    """The upload as it came. Raises UnreadableFileError when it is gone, or not this person's."""
    match = _NAME.fullmatch(kept.name)
    path = folder() / kept.name
    if match is None or match[1] != str(user.pk) or _is_old(path):
        raise UnreadableFileError(_("올린 파일이 이제 남아 있지 않아요. 다시 올려 주세요."))
    return io.BufferedReader(_Unsealed(path.open("rb"), Fernet(kept.key)), MIB // 4)


def forget(user: User, kept: Kept) -> None:
    """Delete an upload."""
    match = _NAME.fullmatch(kept.name)
    if match is not None and match[1] == str(user.pk):
        (folder() / kept.name).unlink(missing_ok=True)


def forget_all(user_id: int) -> None:
    """Delete all uploads of a person, of whatever session."""
    for path in folder().glob(f"{user_id}-*"):
        path.unlink(missing_ok=True)


def forget_old() -> None:
    """Delete what has lain for longer than KEPT_SECONDS, whosever it is."""
    for path in folder().glob("*-*"):
        if _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    """Whether a file has lain for too long, or is gone."""
    try:
        return time.time() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return True


def _seal(fernet: Fernet, chunks: Iterable[bytes], file: BinaryIO) -> None:
    """Write tokens of equal length, one a line, but for the last."""
    waiting, number, size = bytearray(), 0, 0
    for chunk in chunks:
        waiting += chunk
        size += len(chunk)
        if size > MAX_UPLOAD_BYTES:
            raise UnreadableFileError(
                _("파일이 너무 커요. %(limit)dMB까지 올릴 수 있어요.") % {"limit": MAX_UPLOAD_BYTES // MIB}
            )
        while len(waiting) >= _CHUNK:
            file.write(_sealed(fernet, number, waiting[:_CHUNK]))
            del waiting[:_CHUNK]
            number += 1
    file.write(_sealed(fernet, number, waiting))


def _sealed(fernet: Fernet, number: int, chunk: bytes | bytearray) -> bytes:
    return fernet.encrypt(number.to_bytes(_NUMBER, "big") + chunk) + b"\n"


class _Unsealed(io.RawIOBase):
    """The plain content of a sealed file, of which one chunk at a time is in memory."""

    def __init__(self, file: BinaryIO, fernet: Fernet) -> None:
        self._file = file
        self._fernet = fernet
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
                raise UnreadableFileError(_("올린 파일이 이제 남아 있지 않아요. 다시 올려 주세요."))
            self._open = (number, content[_NUMBER:])
        return self._open[1]
