"""The end of exports: those that nobody will finish, those whose time is over, and their files."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.utils import timezone

from diary.models import Export
from diary.portability import export_files

# For so long an export is told to have expired or failed; after that nobody knows of it.
REMEMBERED_FOR = timedelta(days=7)


def fail(exports: Iterable[Export]) -> None:
    """Say of unfinished exports that they failed."""
    _end(exports, Export.UNFINISHED, Export.Status.FAILED)


def forget_old_exports(now: datetime | None = None) -> None:
    """Delete files and keys whose time is over, files that belong to nobody, and rows of long ago."""
    now = now or timezone.now()
    fail(Export.objects.dead(now))
    over = Export.objects.filter(status=Export.Status.READY, expires_at__lte=now)
    _end(over, (Export.Status.READY,), Export.Status.EXPIRED)
    Export.objects.filter(created_at__lte=now - REMEMBERED_FOR).exclude(status__in=Export.UNFINISHED).delete()
    export_files.forget_orphans()


def _end(exports: Iterable[Export], before: tuple[Export.Status, ...], after: Export.Status) -> None:
    """Without its key, a file that is left somewhere opens for nobody."""
    for export in exports:
        same = Export.objects.filter(pk=export.pk, status__in=before, attempts=export.attempts)
        if same.update(status=after, key=None):
            export_files.forget([export])
