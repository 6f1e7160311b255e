"""Reads a large JSON object piece by piece: memory holds one value, however long its lists are."""

import json
import re
from collections.abc import Iterator
from typing import Any, NoReturn, TextIO

from django.utils.translation import gettext as _

from diary.portability.errors import UnreadableFileError
from diary.portability.limits import MAX_VALUE_CHARACTERS, MAX_VALUES

CHUNK_CHARACTERS = 2**17
_BLANK = re.compile(r"[ \t\n\r]*")


def iter_object(stream: TextIO, lists: set[str]) -> Iterator[tuple[str, Any]]:
    """The members of the object in a stream, in order: ("name", value).

    A list whose name is in `lists` comes as its elements, each under the list's name. Raises UnreadableFileError for
    what is no JSON object, nests too deep, or holds too many values or one that is too large.
    """
    for number, member in enumerate(_members(stream, lists)):
        if number > MAX_VALUES:
            raise UnreadableFileError(_("파일에 든 것이 너무 많아요. 나누어 올려 주세요."))
        yield member


def _members(stream: TextIO, lists: set[str]) -> Iterator[tuple[str, Any]]:
    reader = _Reader(stream)
    reader.expect("{")
    if reader.take("}"):
        return
    while True:
        name = reader.value()
        if not isinstance(name, str):
            _fail()
        reader.expect(":")
        if name in lists and reader.take("["):
            yield from ((name, element) for element in _elements(reader))
        else:
            yield name, reader.value()
        if not reader.take(","):
            reader.expect("}")
            return


def _elements(reader: "_Reader") -> Iterator[Any]:
    if reader.take("]"):
        return
    while True:
        yield reader.value()
        if not reader.take(","):
            reader.expect("]")
            return


class _Reader:
    """A window over the stream. Its start is what has not been understood yet."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._text = ""
        self._at = 0
        self._is_at_end = False
        self._decoder = json.JSONDecoder(parse_constant=_refuse_constant)

    def take(self, sign: str) -> bool:
        """Whether the sign comes next; then it is passed over."""
        self._skip_blanks()
        if self._text[self._at : self._at + 1] != sign:
            return False
        self._at += 1
        return True

    def expect(self, sign: str) -> None:
        """Pass over the sign. Raises UnreadableFileError when another one comes next."""
        if not self.take(sign):
            _fail()

    def value(self) -> Any:
        """The next value, of whatever kind."""
        self._skip_blanks()
        while True:
            try:
                value, end = self._decoder.raw_decode(self._text, self._at)
            except RecursionError:
                raise UnreadableFileError(_("이 파일의 JSON은 너무 깊어서 읽지 못해요.")) from None
            except ValueError:  # cut off by the window's edge, or no JSON
                if self._is_at_end or len(self._text) - self._at > MAX_VALUE_CHARACTERS:
                    _fail()
            else:
                # A number at the edge may go on behind it.
                if end < len(self._text) or self._is_at_end:
                    self._at = end
                    return value
            self._read(max(CHUNK_CHARACTERS, len(self._text) - self._at))

    def _skip_blanks(self) -> None:
        while True:
            match = _BLANK.match(self._text, self._at)
            self._at = match.end() if match else self._at
            if self._at < len(self._text) or self._is_at_end:
                return
            self._read(CHUNK_CHARACTERS)

    def _read(self, characters: int) -> None:
        try:
            chunk = self._stream.read(characters)
        except UnicodeDecodeError:
            raise UnreadableFileError(_("글자를 읽지 못했어요. 파일을 UTF-8로 저장해서 다시 올려 주세요.")) from None
        self._is_at_end = not chunk
        self._text = self._text[self._at :] + chunk
        self._at = 0


def _refuse_constant(name: str) -> NoReturn:
    """NaN and Infinity are Python's, not JSON's."""
    raise ValueError(name)


def _fail() -> NoReturn:
    raise UnreadableFileError(_("JSON 형식이 아니거나 중간에 끊긴 파일이에요. 다시 내려받아 올려 주세요."))
