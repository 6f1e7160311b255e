"""Finds out what an uploaded file is."""

import csv
import io
from collections.abc import Callable
from functools import partial
from typing import BinaryIO, TextIO

from django.utils.translation import gettext as _

from diary.portability.archive import Archive
from diary.portability.documents import FILE, FORMAT
from diary.portability.errors import UnreadableFileError
from diary.portability.importers import daylio
from diary.portability.importers.dayone import DayOneReader
from diary.portability.importers.moduhyu import ModuhyuReader
from diary.portability.items import Reader
from diary.portability.json_stream import iter_object
from diary.portability.limits import MAX_JOURNALS, MAX_UPLOAD_BYTES, MIB

OPENING_BYTES = 4096
# What Korean spreadsheets save where they are not told otherwise comes last: it decodes nearly everything.
CSV_ENCODINGS = ("utf-8-sig", "cp949")
UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")


def open_import(file: BinaryIO) -> Reader:
    """The reader that fits a file. The file stays open, and is read each time the reader's rows are.

    Raises UnreadableFileError, saying what can be done, for a file of no known format.
    """
    if file.seek(0, io.SEEK_END) > MAX_UPLOAD_BYTES:
        raise UnreadableFileError(
            _("파일이 너무 커요. %(limit)dMB까지 올릴 수 있어요.") % {"limit": MAX_UPLOAD_BYTES // MIB}
        )
    file.seek(0)
    opening = file.read(OPENING_BYTES)
    start = opening.removeprefix(b"\xef\xbb\xbf").lstrip()
    if not start:
        raise UnreadableFileError(_("빈 파일이에요. 다시 내려받아 올려 주세요."))
    if start.startswith(b"PK"):
        return _open_zip(file)
    if start.startswith(b"{"):
        return _open_json({"": partial(_open_again, file, "utf-8-sig")})
    if start.startswith((b"<", b"[")) or (b"\0" in opening and not opening.startswith(UTF16_MARKS)):
        raise UnreadableFileError(_("일기 파일이 아니에요. 내보내기로 받은 파일을 그대로 올려 주세요."))
    return _open_csv(file, opening)


def _open_zip(file: BinaryIO) -> Reader:
    archive = Archive(file)
    names = archive.names()
    own = [name for name in names if name.rpartition("/")[2] == FILE and name.count("/") <= 1]
    if len(own) == 1:
        return ModuhyuReader(partial(_open_member, file, own[0]))
    journals = sorted(
        name for name in names if name.lower().endswith(".json") and name.count("/") <= 1 and "__MACOSX" not in name
    )
    if own or not journals:
        raise UnreadableFileError(
            _("ZIP 안에서 일기를 찾지 못했어요. 모두의 휴게소나 Day One에서 내보낸 ZIP을 그대로 올려 주세요.")
        )
    if len(journals) > MAX_JOURNALS:
        raise UnreadableFileError(_("ZIP 안에 파일이 너무 많아요. 일기 파일만 담아 다시 올려 주세요."))
    archive.check_sizes(journals)
    return _open_json({name: partial(_open_member, file, name) for name in journals})


def _open_json(journals: dict[str, Callable[[], TextIO]]) -> Reader:
    """By the first thing that tells: the name of our format, or what the first entry holds."""
    for open_text in journals.values():
        with open_text() as stream:
            for name, value in iter_object(stream, {"entries", "feedback"}):
                keys = set(value) if name == "entries" and isinstance(value, dict) else set()
                if (name == "format" and value == FORMAT) or "written_on" in keys:
                    return ModuhyuReader(open_text)
                if "creationDate" in keys:
                    return DayOneReader(journals)
    raise UnreadableFileError(
        _("읽을 수 있는 일기 형식이 아니에요. 모두의 휴게소, Daylio, Day One에서 내보낸 파일을 올려 주세요.")
    )


def _open_csv(file: BinaryIO, opening: bytes) -> Reader:
    encoding = "utf-16" if opening.startswith(UTF16_MARKS) else _find_encoding(file)
    with _open_again(file, encoding, newline="") as stream:
        try:
            header = {name.strip().lower() for name in next(csv.reader(stream), [])}
        except (csv.Error, UnicodeDecodeError):
            header = set()
    if {"id", "written_on", "text"} <= header:
        raise UnreadableFileError(
            _("entries.csv는 표로 볼 때 쓰는 파일이에요. 내려받은 ZIP이나 그 안의 moduhyu.json을 올려 주세요.")
        )
    if not header >= daylio.NEEDED:
        raise UnreadableFileError(
            _("읽을 수 있는 일기 형식이 아니에요. 모두의 휴게소, Daylio, Day One에서 내보낸 파일을 올려 주세요.")
        )
    return daylio.DaylioReader(partial(_open_again, file, encoding, newline=""))


def _find_encoding(file: BinaryIO) -> str:
    for encoding in CSV_ENCODINGS:
        with _open_again(file, encoding) as stream:
            try:
                while stream.read(MIB):
                    pass
            except UnicodeDecodeError:
                continue
        return encoding
    raise UnreadableFileError(_("글자를 읽지 못했어요. 파일을 UTF-8로 저장해서 다시 올려 주세요."))


class _KeptOpen(io.RawIOBase):
    """A file that somebody else closes, from its start."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        file.seek(0)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        chunk = self._file.read(len(buffer))
        buffer[: len(chunk)] = chunk
        return len(chunk)


def _open_again(file: BinaryIO, encoding: str, newline: str | None = None) -> TextIO:
    return io.TextIOWrapper(io.BufferedReader(_KeptOpen(file), MIB // 4), encoding=encoding, newline=newline)


def _open_member(file: BinaryIO, name: str) -> TextIO:
    # Opened anew each time: what was read before doesn't count towards the limits of this reading.
    return io.TextIOWrapper(Archive(file).open(name), encoding="utf-8-sig", newline="\n")
