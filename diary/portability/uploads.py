"""Keeps an upload between its preview and its import: encrypted, for an hour at most, for its owner alone.

The key lies in the owner's session and nowhere else: a file that is left behind can be read by nobody.
"""

import re
import secrets
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from django.conf import settings
from django.utils.translation import gettext as _

from accounts.models import User
from diary.portability import sealed_files
from diary.portability.errors import UnreadableFileError
from diary.portability.limits import MAX_UPLOAD_BYTES, MIB

KEPT_SECONDS = 3600
_NAME = re.compile(r"(\d+)-[0-9a-f]{32}")


@dataclass(frozen=True)
class Kept:
    """Where an upload lies, and its key; what a session remembers."""

    name: str
    key: str


def folder() -> Path:
    """Where uploads lie."""
    return Path(settings.VAR_DIR) / "imports"


def keep(user: User, chunks: Iterable[bytes]) -> Kept:
    """Keep an upload. What others have left behind for too long is deleted by the way.

    Raises UnreadableFileError for one that is too large.
    """
    forget_old()
    kept = Kept(f"{user.pk}-{secrets.token_hex(16)}", sealed_files.new_key())
    sealed_files.write(folder() / kept.name, kept.key, _limited(chunks))
    return kept


def open_kept(user: User, kept: Kept) -> BinaryIO:
    """The upload as it came. Raises UnreadableFileError when it is gone, or not this person's."""
    match = _NAME.fullmatch(kept.name)
    path = folder() / kept.name
    if match is None or match[1] != str(user.pk) or _is_old(path):
        raise _gone()
    return sealed_files.read(path, kept.key, damaged=_gone)


def forget(user: User, kept: Kept) -> None:
    """Delete an upload."""
    match = _NAME.fullmatch(kept.name)
    if match is not None and match[1] == str(user.pk):
        (folder() / kept.name).unlink(missing_ok=True)


def forget_all(user_id: int) -> None:
    """Delete all uploads of a person, of whatever session."""
    for path in folder().glob(f"{user_id}-*"):
        path.unlink(missing_ok=True)


def forget_old() -> None:
    """Delete what has lain for longer than KEPT_SECONDS, whosever it is."""
    for path in folder().glob("*-*"):
        if _is_old(path):
            path.unlink(missing_ok=True)


def _is_old(path: Path) -> bool:
    """Whether a file has lain for too long, or is gone."""
    try:
        return time.time() - path.stat().st_mtime > KEPT_SECONDS
    except FileNotFoundError:
        return True


def _gone() -> UnreadableFileError:
    return UnreadableFileError(_("올린 파일이 이제 남아 있지 않아요. 다시 올려 주세요."))


def _limited(chunks: Iterable[bytes]) -> Iterator[bytes]:
    size = 0
    for chunk in chunks:
        size += len(chunk)
        if size > MAX_UPLOAD_BYTES:
            raise UnreadableFileError(
                _("파일이 너무 커요. %(limit)dMB까지 올릴 수 있어요.") % {"limit": MAX_UPLOAD_BYTES // MIB}
            )
        yield chunk
