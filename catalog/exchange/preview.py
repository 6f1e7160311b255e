"""What an uploaded file would change, for the page that asks whether it shall."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from catalog.exchange.columns import SCORE_DIGITS, resource_of
from catalog.models import ImportFile, ImportRow, Kind, Movie, Track

SHOWN_CHANGES = 50


@dataclass(frozen=True)
class Change:
    """One column of one row: what stands there now, and what would."""

    number: int
    item: Movie | Track
    column: str
    before: str
    after: str
    is_protected: bool


@dataclass(frozen=True)
class Preview:
    """The first SHOWN_CHANGES `changes`, and the first as many that tags of curators are `protected` from.

    `changed_count` rows change in any case; `row_count` would, were the tags of curators changed as well.
    """

    row_count: int
    changed_count: int
    protected_count: int
    changes: list[Change]
    protected: list[Change]


def preview_import(file: ImportFile) -> Preview:
    """The changes of a file against the catalogue as it is now."""
    row_count = file.rows.count()
    protected = file.rows.exclude(protected=[])
    words = protected.values_list("facts", "scores", "protected")
    kept_count = sum(not facts and scores.keys() <= set(names) for facts, scores, names in words)
    with_curated = _changes_of(file, list(protected.order_by("number")[:SHOWN_CHANGES]))
    first = _changes_of(file, list(file.rows.order_by("number")[:SHOWN_CHANGES]))
    return Preview(
        row_count=row_count,
        changed_count=row_count - kept_count,
        protected_count=sum(map(len, protected.values_list("protected", flat=True))),
        changes=[change for change in first if not change.is_protected][:SHOWN_CHANGES],
        protected=[change for change in with_curated if change.is_protected][:SHOWN_CHANGES],
    )


def _changes_of(file: ImportFile, rows: list[ImportRow]) -> list[Change]:
    kind = Kind(file.kind)
    resource = resource_of(kind)
    items: dict[int, Any] = (
        kind.model._default_manager.prefetch_related("tags").in_bulk([row.item_id for row in rows]) if rows else {}
    )
    return [
        Change(
            number=row.number,
            item=items[row.item_id],
            column=str(resource.fields[name].column_name),
            before=_shown(resource.fields[name].get_value(items[row.item_id])),
            after=_shown(value),
            is_protected=name in row.protected,
        )
        for row in rows
        for name, value in {**row.facts, **row.scores}.items()
    ]


def _shown(value: Any) -> str:
    if isinstance(value, bool):
        return _("예") if value else _("아니요")
    if isinstance(value, float):
        return f"{value:.{SCORE_DIGITS}f}".rstrip("0").rstrip(".")
    return "" if value is None else str(value)
