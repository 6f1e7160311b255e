"""The files of exports, sealed; each one's key lies in its row, sealed with the data key of its owner."""

import logging
import time
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from diary.models import Export
from diary.portability import sealed_files

KEPT_FOR = timedelta(hours=24)
# Longer than any file is of use, and than any export takes: what is as old belongs to nobody any more.
_ORPHAN_SECONDS = KEPT_FOR.total_seconds() + 3600

logger = logging.getLogger(__name__)


class FileGone(Exception):
    """The file of an export is not there, or not as it was written."""


def folder() -> Path:
    """Where exports lie: the same folder for all web servers and workers of a site."""
    return Path(settings.VAR_DIR) / "exports"


def write(export: Export, pieces: Iterable[bytes]) -> int:
    """Write the file of this attempt; returns the size of its content in bytes. Raises accounts' Locked, OSError."""
    return sealed_files.write(_path(export), _key(export), pieces)


def read(export: Export) -> BinaryIO:
    """The content of a ready export, seekable. Raises FileGone, also while it is read, and accounts' Locked."""
    try:
        file = sealed_files.read(_path(export), _key(export), damaged=FileGone)
    except (FileNotFoundError, FileGone) as error:
        # Two servers that do not share VAR_DIR look like this.
        logger.error("export %s: its file is missing or damaged", export.pk)
        raise FileGone from error
    if file.seek(0, 2) != export.size:
        file.close()
        logger.error("export %s: its file was cut", export.pk)
        raise FileGone
    file.seek(0)
    return file


def forget(exports: Iterable[Export]) -> None:
    """Delete the files of exports, those of earlier attempts as well."""
    for export in exports:
        _delete(f"{export.user_id}-{export.pk.hex}-*")


def forget_attempt(export: Export) -> None:
    """Delete the file of this attempt alone."""
    _path(export).unlink(missing_ok=True)


def forget_all(user_id: int) -> None:
    """Delete all exports of a person."""
    _delete(f"{user_id}-*")


def forget_orphans() -> None:
    """Delete what was left by a process that died together with its export's row."""
    for path in folder().glob("*-*"):
        try:
            is_old = time.time() - path.stat().st_mtime > _ORPHAN_SECONDS
        except FileNotFoundError:
            continue
        if is_old:
            path.unlink(missing_ok=True)


def _key(export: Export) -> str:
    key: str | None = export.key
    if key is None:
        raise FileGone
    return key


def _path(export: Export) -> Path:
    return folder() / f"{export.user_id}-{export.pk.hex}-{export.attempts}"


def _delete(pattern: str) -> None:
    for path in folder().glob(pattern):
        path.unlink(missing_ok=True)
