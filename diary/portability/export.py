"""A person's whole diary as a ZIP that is made while it is sent: nothing of it touches the disk here.

It holds moduhyu.json (everything; `importers.moduhyu` reads it back), entries/*.md (one file for each entry) and
entries.csv (a table). The CSV alone guards against formulas, by an apostrophe before them: the others are exact. All
of it is in plain, as its owner will want to read it anywhere. Entries that can't be opened are named in LEFT_OUT.
What grows with the diary in memory is the ZIP's table of contents, a line for each Markdown file.
"""

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Sum
from django.db.models.functions import Length
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.encryption.data_keys import open_key
from accounts.models import User
from diary.models import Entry
from diary.portability import documents
from diary.portability.limits import MIB
from diary.portability.snapshot import snapshot

# Settings of a user that tell how the diary was kept. An import doesn't set them: a consent is given by hand.
SETTINGS = ("shares_corrections",)
SENT_AT_ONCE = MIB // 8
# Above so many bytes of text, the JSON may pass the 2 GiB that a plain ZIP member holds.
_LARGE_BYTES = 2**27
LEFT_OUT = "left_out.txt"
_LEVEL = 6
_MODE = 0o600


# JSON, CSV, Markdown: each entry is written so many times.
_FORMS = 3


@dataclass
class Written:
    """How far an export is. `total` is known with its first piece; entries that don't open are never written."""

    total: int = 0
    times: int = 0
    left_out: list[str] = field(default_factory=list)  # their days and ids

    @property
    def entries(self) -> int:
        """How many entries are written, each counted by thirds: as JSON, as a line of the table, and as Markdown."""
        return self.times // _FORMS

    def count(self, entries: Iterable[Any]) -> Iterator[Any]:
        """The entries, each counted once it was taken."""
        for entry in entries:
            yield entry
            self.times += 1


def export_name(day: date) -> str:
    """How the file is named."""
    return f"moduhyu-{day.isoformat()}.zip"


def stream_export(user: User, written: Written | None = None) -> Iterator[bytes]:
    """The ZIP in pieces, all from one state of the database. Closing the iterator early leaves nothing behind.

    `written` is told how far it is. Raises accounts' Locked before the first piece is asked for.
    """
    open_key(user.pk)
    return _pieces(user, written or Written())


def _pieces(user: User, written: Written) -> Iterator[bytes]:
    with snapshot():
        moment = timezone.now()
        diary = Entry.objects.of(user).aggregate(entries=Count("pk"), sealed_bytes=Sum(Length("text")))
        written.total = diary["entries"]
        sink = _Sink()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED, compresslevel=_LEVEL) as archive:
            writer = _Writer(archive, sink, moment, is_large=(diary["sealed_bytes"] or 0) > _LARGE_BYTES)
            yield from writer.write(documents.FILE, _json(user, moment, written))
            yield from writer.write("entries.csv", _csv(user, written))
            for name, text in _markdown_files(user, written):
                yield from writer.write(name, [text])
            if written.left_out:
                words = _("열 수 없어서 담지 못한 일기예요. 지우지 않고 보관하고 있어요.")
                yield from writer.write(LEFT_OUT, [f"{words}\n\n", *(f"{line}\n" for line in written.left_out)])
        yield sink.take()


class _Sink(io.RawIOBase):
    """What zipfile writes to: it can't seek, so that each member is finished as it is written."""

    def __init__(self) -> None:
        self._pieces: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self._pieces.append(bytes(data))
        self.size += len(data)
        return len(data)

    def take(self) -> bytes:
        """What was written since the last time."""
        taken = b"".join(self._pieces)
        self._pieces, self.size = [], 0
        return taken


class _Writer:
    """Writes members, and hands out what there is to send whenever it is enough."""

    def __init__(self, archive: zipfile.ZipFile, sink: _Sink, moment: datetime, *, is_large: bool) -> None:
        self._archive = archive
        self._sink = sink
        self._moment = timezone.localtime(moment).timetuple()[:6]
        self._is_large = is_large

    def write(self, name: str, parts: Iterator[str] | list[str]) -> Iterator[bytes]:
        member = zipfile.ZipInfo(name, self._moment)
        member.compress_type = zipfile.ZIP_DEFLATED
        member.external_attr = _MODE << 16
        with self._archive.open(member, "w", force_zip64=self._is_large) as file:
            for part in parts:
                file.write(part.encode())
                if self._sink.size >= SENT_AT_ONCE:
                    yield self._sink.take()


def _json(user: User, moment: datetime, written: Written) -> Iterator[str]:
    """One JSON object, with each entry in a line of its own."""
    head = {
        "format": documents.FORMAT,
        "version": documents.VERSION,
        "exported_at": moment.isoformat(),
        "settings": {name: getattr(user, name) for name in SETTINGS},
    }
    yield json.dumps(head, ensure_ascii=False)[:-1]
    lists = {
        "feedback": documents.feedback_documents(user),
        "entries": written.count(documents.entry_documents(user, written.left_out)),
    }
    for name, values in lists.items():
        yield f', "{name}": ['
        for number, value in enumerate(values):
            yield (",\n" if number else "\n") + json.dumps(value, ensure_ascii=False, allow_nan=False)
        yield "\n]"
    yield "}\n"


def _csv(user: User, written: Written) -> Iterator[str]:
    """UTF-8 with the mark that Excel needs."""
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    writer.writerow(documents.CSV_COLUMNS)
    yield "\ufeff"
    for entry in written.count(documents.own_entries(user)):
        writer.writerow(documents.csv_row(entry))
        yield buffer.getvalue()
        buffer.seek(0)
        buffer.truncate()
    yield buffer.getvalue()


def _markdown_files(user: User, written: Written) -> Iterator[tuple[str, str]]:
    """Names and contents. Ids of one day that begin alike are written in full."""
    day, taken = None, set[str]()
    for entry in written.count(documents.own_entries(user)):
        if entry.written_on != day:
            day, taken = entry.written_on, set()
        short = entry.pk.hex[:8]
        name = str(entry.pk) if short in taken else short
        taken.add(short)
        yield f"entries/{entry.written_on.isoformat()}-{name}.md", documents.markdown(entry)
