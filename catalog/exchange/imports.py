"""From an upload to a step: read and kept for a preview, confirmed or cancelled, and forgotten in any case."""

from typing import IO, Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from catalog.exchange.cells import shorten
from catalog.exchange.reading import read_rows
from catalog.models import Action, Curation, ImportFile, ImportRow, Kind
from catalog.models.import_files import KEPT_FOR
from catalog.services import BATCH_SIZE


def read_import(*, owner: Any, kind: Kind, name: str, file: IO[bytes]) -> ImportFile:
    """Keep what a file would change, for its preview. Raises UnreadableFileError; then nothing is kept."""
    from catalog.exchange.comparing import compare  # django-import-export takes memory: see the package

    comparison = compare(kind, read_rows(file))
    with transaction.atomic():
        kept = ImportFile.objects.create(
            owner=owner,
            kind=kind,
            name=shorten(name),
            row_count=comparison.row_count,
            unchanged_count=comparison.unchanged_count,
            columns=comparison.columns,
            ignored_columns=comparison.ignored_columns,
            errors=comparison.errors,
        )
        for row in comparison.rows:
            row.file = kept
        ImportRow.objects.bulk_create(comparison.rows, batch_size=BATCH_SIZE)
    return kept


@transaction.atomic
def confirm_import(file_id: int, *, owner: Any, kind: Kind, overwrites_curated: bool) -> Curation:
    """A step that `catalog.curation.steps.advance` goes on with; asked for twice, it is the same one.

    Raises ImportFile.DoesNotExist for another's file, for one of the other kind, and for one that is forgotten.
    """
    file = ImportFile.objects.select_for_update(of=("self",)).get(pk=file_id, owner=owner, kind=kind)
    if file.curation is not None:
        return file.curation
    file.curation = Curation.objects.create(
        curator=owner,
        kind=kind,
        action=Action.IMPORT,
        parameters={
            "file": file.name,
            "rows": file.row_count,
            "unchanged": file.unchanged_count,
            "failed": file.failed_count,
            "overwrites_curated": overwrites_curated,
        },
        selection={"import_file": file.pk},
        total=file.rows.count(),
    )
    file.save(update_fields=["curation"])
    return file.curation


@transaction.atomic
def cancel_import(file_id: int, *, owner: Any, kind: Kind) -> None:
    """Forget a file that was not confirmed. Raises ImportFile.DoesNotExist as `confirm_import`."""
    file = ImportFile.objects.select_for_update(of=("self",)).get(pk=file_id, owner=owner, kind=kind)
    if file.curation_id is None:
        file.delete()


def read_failed_import(curation_id: int, *, owner: Any) -> ImportFile | None:
    """The file that a step imports, if it has rows that can't be imported, is still kept, and is theirs."""
    return ImportFile.objects.filter(curation=curation_id, owner=owner).exclude(errors=[]).first()


def forget_old_imports() -> None:
    """Delete the files that were kept for long enough, but for those that a step is still at work on."""
    is_at_work = Q(curation__state=Curation.State.RUNNING)
    ImportFile.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).exclude(is_at_work).delete()
