"""Reading of ZIP files from anywhere: nothing is unpacked to disk, no name is used as a path, no size is believed."""

import io
import struct
import zipfile
import zlib
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import IO, BinaryIO, NoReturn

from django.utils.translation import gettext as _

from diary.portability.errors import UnreadableFileError
from diary.portability.limits import (
    MAX_DIRECTORY_BYTES,
    MAX_RATIO,
    MAX_UNPACKED_BYTES,
    MIB,
    RATIO_COUNTS_FROM_BYTES,
)

# APPNOTE.TXT, 4.3.14 to 4.3.16: the records at the end of a ZIP, and where they name the size of the directory.
_END, _END_LENGTH = b"PK\x05\x06", 22
_LOCATOR, _LOCATOR_LENGTH = b"PK\x06\x07", 20
_LONGEST_COMMENT = 65_535
_METHODS = {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
_ENCRYPTED = 0x1


class Archive:
    """An opened ZIP. What is read of its members counts towards the limits."""

    def __init__(self, file: BinaryIO) -> None:
        """Raises UnreadableFileError for what is no ZIP, or for one with too long a table of contents."""
        _check_directory(file)
        with _told():
            self._zip = zipfile.ZipFile(file)
        self._packed_bytes = file.seek(0, io.SEEK_END)
        self._read_bytes = 0

    def names(self) -> list[str]:
        """The names of all members but folders. Raises UnreadableFileError where one stands twice."""
        # Not by ZipInfo.is_dir, which fails at an empty name.
        names = [info.filename for info in self._zip.infolist() if not info.filename.endswith("/")]
        twice = [name for name, count in Counter(names).items() if count > 1]
        if twice:
            raise UnreadableFileError(
                _("ZIP 안에 이름이 같은 파일이 여럿 있어요. 어느 것이 맞는지 알 수 없어서 읽지 않았어요.")
            )
        return names

    def check_sizes(self, names: list[str]) -> None:
        """Raises UnreadableFileError where the members together are too large.

        A claimed size that is too small helps nobody: zipfile reads no further than that.
        """
        if sum(self._zip.getinfo(name).file_size for name in names) > MAX_UNPACKED_BYTES:
            _refuse_size()

    def open(self, name: str) -> io.BufferedReader:
        """A member's content, checked while it is read.

        Raises UnreadableFileError here or while it is read: encrypted, packed in a rare way, damaged, or too large.
        """
        info = self._zip.getinfo(name)
        if info.flag_bits & _ENCRYPTED:
            raise UnreadableFileError(_("암호가 걸린 ZIP이에요. 암호를 풀고 다시 올려 주세요."))
        if info.compress_type not in _METHODS:
            raise UnreadableFileError(
                _("이 ZIP은 압축 방식이 낯설어서 읽지 못해요. 보통 방식으로 다시 압축해 주세요.")
            )
        with _told():
            return io.BufferedReader(_Counted(self, self._zip.open(info)), buffer_size=MIB // 4)

    def count(self, size: int) -> None:
        """Add to what was read. Raises UnreadableFileError at the limits."""
        self._read_bytes += size
        ratio = self._read_bytes / max(1, self._packed_bytes)
        is_bomb = self._read_bytes > RATIO_COUNTS_FROM_BYTES and ratio > MAX_RATIO
        if is_bomb or self._read_bytes > MAX_UNPACKED_BYTES:
            _refuse_size()


class _Counted(io.RawIOBase):
    """A member, chunk by chunk."""

    def __init__(self, archive: Archive, member: IO[bytes]) -> None:
        self._archive = archive
        self._member = member

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        with _told():
            chunk = self._member.read(len(buffer))
        self._archive.count(len(chunk))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _check_directory(file: BinaryIO) -> None:
    """zipfile holds a whole table of contents in memory: its size is looked at first."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(0, size - _END_LENGTH - _LONGEST_COMMENT - _LOCATOR_LENGTH))
    tail = file.read()
    end = tail.rfind(_END)
    if end < 0 or len(tail) - end < _END_LENGTH:
        raise UnreadableFileError(_("ZIP 파일이 손상됐어요. 끝까지 내려받았는지 확인하고 다시 올려 주세요."))
    directory_bytes = struct.unpack_from("<L", tail, end + 12)[0]
    locator = tail[max(0, end - _LOCATOR_LENGTH) : end]
    if locator.startswith(_LOCATOR):
        file.seek(min(size, struct.unpack_from("<Q", locator, 8)[0]))
        record = file.read(48)
        directory_bytes = struct.unpack_from("<Q", record, 40)[0] if len(record) == 48 else size
    if directory_bytes > MAX_DIRECTORY_BYTES:
        raise UnreadableFileError(_("ZIP 안에 파일이 너무 많아요. 일기 파일만 담아 다시 올려 주세요."))


def _refuse_size() -> NoReturn:
    raise UnreadableFileError(
        _("압축을 풀면 너무 커지는 파일이에요. %(limit)dMB까지 읽을 수 있어요.") % {"limit": MAX_UNPACKED_BYTES // MIB}
    )


@contextmanager
def _told() -> Iterator[None]:
    """What zipfile raises over damaged files, in one word of ours."""
    try:
        yield
    except (
        zipfile.BadZipFile,
        zlib.error,
        EOFError,
        NotImplementedError,
        RuntimeError,
        struct.error,
        OSError,
        ValueError,
    ):
        raise UnreadableFileError(_("ZIP 파일이 손상됐어요. 끝까지 내려받았는지 확인하고 다시 올려 주세요.")) from None
