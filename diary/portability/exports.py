"""A person's exports that are made beside their requests: begun, looked at, fetched, and deleted."""

from typing import BinaryIO
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import get_language
from kombu.exceptions import OperationalError as BrokerDown

from accounts.encryption.data_keys import open_key
from accounts.models import User
from diary.models import Entry, Export, ExportQuerySet
from diary.portability import export_files, sealed_files
from diary.portability.export_cleanup import fail, forget_old_exports
from diary.tasks import make_export_task

# The newest ones; another deletes the oldest with its file.
KEPT_PER_PERSON = 3


class NoWorker(Exception):
    """The export can't be handed to a worker now: nothing was begun."""


class NotReady(Exception):
    """The file of an export is still to come, or will never come: `export` tells which."""

    def __init__(self, export: Export) -> None:
        super().__init__(f"export {export.pk} is {export.status}")
        self.export = export


class Expired(Exception):
    """The file of an export is no more."""


def begin_export(user: User) -> tuple[Export, bool]:
    """Have the diary exported; returns the export as it stands then, and whether it is new.

    While one of the person's is unfinished, it is that one. Without workers it is finished when this returns. Raises
    NoWorker, accounts' Locked, Export.DoesNotExist where it was deleted meanwhile, and User.DoesNotExist where the
    account was.
    """
    open_key(user.pk)
    forget_old_exports()
    export = Export(user=user, key=sealed_files.new_key(), language=_language())
    try:
        with transaction.atomic():
            # One begins at a time: who comes second meets what the first one began, or finds it finished.
            User.objects.select_for_update(no_key=True).get(pk=user.pk)
            if unfinished := Export.objects.of(user).unfinished().first():
                return unfinished, False
            export.entries_total = Entry.objects.of(user).count()
            export.save(force_insert=True)
            transaction.on_commit(lambda: make_export_task.delay(str(export.pk)))
    except BrokerDown as error:
        export.delete()
        raise NoWorker from error
    _forget_surplus(user)
    export.refresh_from_db()
    return export, True


def list_exports(user: User) -> ExportQuerySet:
    """The person's exports, newest first."""
    fail(Export.objects.of(user).dead(timezone.now()))
    return Export.objects.of(user).newest_first()


def get_export(*, user: User, export_id: UUID) -> Export:
    """One export of the person's. Raises Export.DoesNotExist."""
    return list_exports(user).get(pk=export_id)


def open_export(export: Export) -> BinaryIO:
    """The ZIP, seekable. Raises NotReady, Expired, and accounts' Locked."""
    status = export.current_status
    if status == Export.Status.EXPIRED:
        raise Expired
    if status != Export.Status.READY:
        raise NotReady(export)
    try:
        return export_files.read(export)
    except export_files.FileGone as error:
        raise Expired from error


def delete_export(export: Export) -> None:
    """Delete an export with its file; one that is being made is no longer made."""
    Export.objects.filter(pk=export.pk).delete()
    export_files.forget([export])


def _language() -> str:
    """What the export shall be written in."""
    return get_language() or str(Export._meta.get_field("language").default)


def _forget_surplus(user: User) -> None:
    for export in Export.objects.of(user).newest_first()[KEPT_PER_PERSON:]:
        delete_export(export)
