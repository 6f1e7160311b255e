"""Makes the file of an export: on a worker, or within the request where there are none.

A task may come twice (a worker died before it had said that it was done): who begins later overtakes who began before.
"""

import logging
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

from django.db import connection, transaction
from django.utils import timezone, translation

from accounts.encryption.data_keys import open_key
from accounts.encryption.sealing import Locked
from diary.models import Export
from diary.portability import export_files
from diary.portability.export import Written, stream_export
from diary.portability.export_cleanup import fail

# A task whose worker died is given to the next one: what kills every worker must not go on for ever.
MAX_ATTEMPTS = 3
TELL_EVERY_S = 0.5

logger = logging.getLogger(__name__)


class _Overtaken(Exception):
    """The export was cancelled, its account was deleted, or another process makes it now."""


class _TooOften(Exception):
    """Every attempt at the export broke off."""


def make_export(export_id: str) -> None:
    """Make the file of an export that is pending, or whose last attempt broke off.

    One that is finished, or gone, is left alone. What can't be opened or written ends it as failed. Raises
    OperationalError for a database that is lost meanwhile: then the same task may try again.
    """
    try:
        export = _begin(export_id)
        if export is not None:
            _make(export)
    except _Overtaken:
        logger.info("export %s: it is no longer wanted, or made by another process", export_id)
    except (Locked, OSError, _TooOften) as error:
        logger.error("export %s: %s", export_id, error)
        give_up(export_id)


def give_up(export_id: str) -> None:
    """Say of an export that it failed, unless it is finished."""
    fail(Export.objects.unfinished().filter(pk=export_id))


def _begin(export_id: str) -> Export | None:
    """The export, as a new attempt's; None where there is nothing to make. Raises _TooOften, and accounts' Locked."""
    with transaction.atomic():
        unfinished = Export.objects.unfinished().select_related("user").select_for_update(of=("self",))
        export = unfinished.filter(pk=export_id).first()
        if export is None:
            return None
        if export.attempts >= MAX_ATTEMPTS:
            raise _TooOften(f"given up after {export.attempts} attempts")
        # While the row is held, its account can't go: for somebody who is gone, a new key would be made in vain.
        open_key(export.user_id)
        export.status, export.attempts, export.entries_done = Export.Status.RUNNING, export.attempts + 1, 0
        export.last_sign_at = timezone.now()
        export.save(update_fields=["status", "attempts", "entries_done", "last_sign_at"])
    return export


def _make(export: Export) -> None:
    """Raises _Overtaken, accounts' Locked, and OSError; nothing is left of the file then."""
    export_files.forget([export])  # what an attempt left that was killed
    written = Written()
    with (
        timezone.override(export.user.zone),
        translation.override(export.language),
        closing(_Teller(export)) as teller,
    ):
        pieces = stream_export(export.user, written)
        size = export_files.write(export, _told(pieces, written, teller))
    now = timezone.now()
    is_ready = _end(
        export,
        status=Export.Status.READY,
        size=size,
        entries_done=written.entries,
        entries_total=written.total,
        expires_at=now + export_files.KEPT_FOR,
    )
    if not is_ready:
        export_files.forget_attempt(export)
        raise _Overtaken


def _end(export: Export, **values: object) -> bool:
    """Save how this attempt ended, unless it was overtaken; returns whether it was saved."""
    own = Export.objects.filter(pk=export.pk, status=Export.Status.RUNNING, attempts=export.attempts)
    return bool(own.update(**values))


def _told(pieces: Iterator[bytes], written: Written, teller: "_Teller") -> Iterator[bytes]:
    """The pieces; every now and then it is told how far they are. Raises _Overtaken."""
    told_at = time.monotonic()
    for piece in pieces:
        yield piece
        if time.monotonic() - told_at >= TELL_EVERY_S:
            teller.tell(written)
            told_at = time.monotonic()


class _Teller:
    """Saves how far an export is, by a connection of its own: the one that reads the diary may not write meanwhile."""

    def __init__(self, export: Export) -> None:
        self._export = export
        self._thread = ThreadPoolExecutor(1)

    def tell(self, written: Written) -> None:
        """Raises _Overtaken."""
        values = {"entries_done": written.entries, "entries_total": written.total, "last_sign_at": timezone.now()}
        if not self._thread.submit(_end, self._export, **values).result():
            raise _Overtaken

    def close(self) -> None:
        self._thread.submit(connection.close)
        self._thread.shutdown()
