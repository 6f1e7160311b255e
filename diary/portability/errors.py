"""What can be wrong with an import as a whole."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from diary.portability.items import BadRow


class UnreadableFileError(Exception):
    """The file can't be imported; the message says why and what to do, in words for its owner."""


class BadRowsError(Exception):
    """Nothing was imported: the file has rows that can't be, and its owner wants all or nothing."""

    def __init__(self, rows: "Sequence[BadRow]", count: int) -> None:
        super().__init__(f"{count} bad rows")
        self.rows = rows
        self.count = count
