"""The chunks of a step that imports a file."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from catalog.curation import writes
from catalog.models import ImportRow, Kind, Movie, Track


def items_of_file(kind: Kind, file_id: int) -> QuerySet[Any]:
    """The films or tracks of which a file still has something to change."""
    items: QuerySet[Any] = kind.model._default_manager.filter(
        pk__in=ImportRow.objects.filter(file=file_id).values("item_id")
    )
    return items


def apply_rows(items: Sequence[Movie | Track], file_id: int, *, overwrites_curated: bool) -> None:
    """Write what a file says of some items as a curator's word, and forget those rows of it.

    A tag to which some curator has given a score stays, unless `overwrites_curated`; also one that got it only after
    the preview.
    """
    stored = ImportRow.objects.filter(file=file_id, item_id__in=[item.pk for item in items])
    rows = {row.item_id: row for row in stored}
    for item in items:
        for name, value in rows[item.pk].facts.items():
            setattr(item, name, value)
    writes.save_items([item for item in items if rows[item.pk].facts])
    scores = {
        (item.pk, name): score
        for item in items
        for name, score in _scores_to_write(item, rows[item.pk].scores, overwrites_curated=overwrites_curated)
    }
    if scores:
        writes.curate_scores(items, scores)
    stored.delete()


def _scores_to_write(
    item: Movie | Track, scores: Mapping[str, float], *, overwrites_curated: bool
) -> list[tuple[str, float]]:
    curated: set[str] = {tag.name for tag in item.tags.all() if tag.is_curated}
    return [(name, score) for name, score in scores.items() if overwrites_curated or name not in curated]
