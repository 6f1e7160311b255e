"""A file as blocks of whole, valid UTF-8 lines.

DuckDB could open the gzip files itself, but (2.0.0) never returns from a damaged one, and gives up a whole table for
one carriage return. So Python unpacks and cleans, and DuckDB parses.
"""

import gzip
import zlib
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, cast

from tqdm import tqdm

from catalog.importers.reader import RowError

BLOCK_BYTES = 1 << 18
# DuckDB's own limit is 2 MB; the longest line of IMDb's tables has a few thousand bytes.
LINE_BYTES = 1 << 20
EXAMPLES = 3

NOT_UTF8 = "not UTF-8"
TOO_LONG = f"longer than {LINE_BYTES:,} bytes"


def open_bytes(raw: BinaryIO, *, must_be_gzip: bool) -> BinaryIO:
    """`raw` unpacked, when it is gzip or has to be."""
    if must_be_gzip or raw.read(2) == b"\x1f\x8b":
        raw.seek(0)
        return cast(BinaryIO, gzip.GzipFile(fileobj=raw))
    raw.seek(0)
    return raw


class Lines:
    """The lines of one file without carriage returns; after reading, how many were left out and why."""

    def __init__(self, path: Path, *, must_be_gzip: bool) -> None:
        self.path = path
        self.rejected: Counter[str] = Counter()
        self.examples: dict[str, list[str]] = {}
        self._must_be_gzip = must_be_gzip
        self._line = 1  # the number of the next line

    def blocks(self, bar: "tqdm[None]") -> Iterator[bytes]:
        """Whole lines, about BLOCK_BYTES at a time. `bar` moves with the bytes of the file on disk.

        Raises RowError when the file is cut short or damaged.
        """
        pending = b""
        for data in self._unpacked(bar):
            block = pending + data.replace(b"\r", b"")
            whole = block.rfind(b"\n") + 1
            if whole:
                yield self._clean(block[:whole])
            pending = block[whole:]
            if len(pending) > LINE_BYTES:
                # What is kept of it is enough to be found and refused when its end has come.
                pending = pending[: LINE_BYTES + 1]
        if pending:
            yield self._clean(pending + b"\n")

    def _unpacked(self, bar: "tqdm[None]") -> Iterator[bytes]:
        try:
            with self.path.open("rb") as raw, open_bytes(raw, must_be_gzip=self._must_be_gzip) as source:
                while data := source.read(BLOCK_BYTES):
                    bar.update(raw.tell() - bar.n)
                    yield data
        except EOFError:
            raise RowError(f"{self.path.name}: the gzip file is cut short; download it again") from None
        except (gzip.BadGzipFile, zlib.error) as error:
            raise RowError(f"{self.path.name}: the gzip file is damaged ({error}); download it again") from error
        except OSError as error:
            raise RowError(f"{self.path.name}: can't be read ({error})") from error

    def _clean(self, block: bytes) -> bytes:
        """`block` itself when all of it is fine (nearly always), else its fine lines."""
        lines = block.count(b"\n")
        if not _is_utf8(block) or len(block) > LINE_BYTES:
            block = b"".join(self._fine_lines(block))
        self._line += lines
        return block

    def _fine_lines(self, block: bytes) -> Iterator[bytes]:
        for number, line in enumerate(block.splitlines(keepends=True), start=self._line):
            if len(line) > LINE_BYTES:
                self._reject(TOO_LONG, number)
            elif not _is_utf8(line):
                self._reject(NOT_UTF8, number)
            else:
                yield line

    def _reject(self, reason: str, line: int) -> None:
        self.rejected[reason] += 1
        examples = self.examples.setdefault(reason, [])
        if len(examples) < EXAMPLES:
            examples.append(f"line {line}")


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True
