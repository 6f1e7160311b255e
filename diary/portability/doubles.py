"""Recognises entries that are in the diary already: by their id, or by their day and text."""

from collections import Counter
from dataclasses import replace
from datetime import date
from hashlib import blake2b
from uuid import UUID

from accounts.models import User
from diary.models import Entry
from diary.portability.items import Item, Reader
from diary.selectors import text_opener

_Key = tuple[date, bytes]
_DIGEST_BYTES = 16


class Doubles:
    """The diary as an import meets it. Ask about each item once, in the file's order.

    An entry stands for one item only: who wrote the same words twice on a day, and has one of them here, gets the
    other one. An entry that the file names by its id stands for that item, wherever it comes. Raises accounts'
    KeyMissing; what does not open stands for nothing.
    """

    def __init__(self, user: User, ids_in_file: set[UUID]) -> None:
        self._ids: set[UUID] = set()
        self._in_file: dict[UUID, _Key] = {}
        self._texts: Counter[_Key] = Counter()
        open_text = text_opener(user)
        rows = Entry.objects.of(user).values_list("pk", "written_on", "text").iterator(chunk_size=1000)
        for pk, written_on, sealed in rows:
            if pk in ids_in_file:
                self._ids.add(pk)
            elif (text := open_text(pk, sealed)) is not None:
                self._texts[_key(written_on, text)] += 1

    def as_new(self, item: Item) -> Item | None:
        """The item as it is to be saved, or None for one that is here, or came before in the same file.

        An id is its first item's. What else comes under it is saved under an id of its own.
        """
        key = _key(item.written_on, item.text)
        if item.entry_id is not None and item.entry_id not in self._in_file:
            self._in_file[item.entry_id] = key
            if item.entry_id in self._ids:
                return None
        elif item.entry_id is not None:
            if self._in_file[item.entry_id] == key:
                return None
            item = replace(item, entry_id=None)
        if self._texts[key]:
            self._texts[key] -= 1
            return None
        return item


def ids_in(reader: Reader) -> set[UUID]:
    """All ids that a file names. Raises UnreadableFileError."""
    return {entry_id for entry_id in reader.ids() if entry_id is not None}


def _key(written_on: date, text: str) -> _Key:
    return written_on, blake2b(text.encode(), digest_size=_DIGEST_BYTES).digest()
