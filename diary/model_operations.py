"""Fetching and changing the model that reads entries, by whoever may: done, and written down.

The security log is told of every try; the admin's own log has what an account did there.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.security_log import FAILURE, tell
from diary import model_version
from diary.model_version import NAME, Activation
from diary.models import Analysis
from ml.errors import ModelError
from ml.store.fetch import fetch


def fetch_model(
    version: str, *, by: User | None, name: str = NAME, store: str = "", show_progress: bool = False
) -> Path:
    """Bring a version from a store, by default MODEL_STORE, to this machine; return its folder. It is not used yet.

    `by` is the account that asked for it; None for whoever has the machine. Raises ModelError as `ml.store.fetch`.
    """
    with _told("model_fetched", by, model=name, version=version):
        folder = fetch(
            name, version, store or settings.MODEL_STORE, cache=settings.MODEL_CACHE_DIR, show_progress=show_progress
        )
    _write_down(by, version, _("%(version)s 버전을 받았어요.") % {"version": version})
    return folder


def activate_model(version: str, *, by: User | None) -> Activation:
    """Have new entries read by a version on this machine. Raises ModelError as `model_version.activate`."""
    with _told("model_activated", by, version=version):
        activation = model_version.activate(version)
    _write_down(by, version, _("%(version)s 버전이 일기를 읽게 했어요.") % {"version": version})
    return activation


def roll_back_model(*, by: User | None) -> Activation:
    """Go back to the version before. Raises ModelError as `model_version.rollback`."""
    with _told("model_rolled_back", by):
        activation = model_version.rollback()
    _write_down(by, activation.active, _("%(version)s 버전으로 되돌렸어요.") % {"version": activation.active})
    return activation


@contextmanager
def _told(event: str, by: User | None, **details: str) -> Iterator[None]:
    doer = by.pk if by else None
    try:
        yield
    except ModelError:
        tell(event, account=None, outcome=FAILURE, by=doer, **details)
        raise
    tell(event, account=None, by=doer, **details)


def _write_down(by: User | None, version: str, words: str) -> None:
    if by is None:
        return
    LogEntry.objects.create(
        user=by,
        content_type=ContentType.objects.get_for_model(Analysis),
        object_id=version,
        object_repr=words[:200],
        action_flag=CHANGE,
        change_message=words,
    )
