"""What was changed, to be read: of one item through time, or of one step through its items."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from catalog.curation.pages import ListPage, read_page
from catalog.curation.words import Line, change_lines
from catalog.models import Curation, CurationChange, Kind, Movie, Track

HISTORY_PAGE = 50


@dataclass(frozen=True)
class NotedChange:
    """A change in words, with the step that it belongs to and the item that it is of."""

    id: int
    curation: Curation
    item: Movie | Track
    lines: list[Line]
    is_undone: bool


def read_history(kind: Kind, item_id: int, *, size: int, after: int | None = None) -> ListPage:
    """A page of an item's changes (NotedChange), the latest first; `after` is the id of the last one read."""
    changes = CurationChange.objects.filter(**{kind.value: item_id})
    return _in_words(read_page(changes.select_related(kind, "curation__curator"), order="-pk", size=size, after=after))


def read_changes(curation: Curation, *, size: int, after: int | None = None) -> ListPage:
    """A page of what a step changed (NotedChange), in the order of the step."""
    changes: Any = curation.changes.select_related(curation.kind, "curation__curator")
    return _in_words(read_page(changes, order="pk", size=size, after=after))


def note_only_items(curations: Iterable[Curation]) -> None:
    """Give each step that is about one item alone that item, as its `only_item`: a query for each kind."""
    of_one = [(curation, ids) for curation in curations if len(ids := curation.selection.get("ids", ())) == 1]
    for kind in Kind:
        wanted = {ids[0] for curation, ids in of_one if curation.kind == kind}
        items = kind.model._default_manager.in_bulk(wanted) if wanted else {}
        for curation, ids in of_one:
            if curation.kind == kind:
                curation.only_item = items.get(ids[0])


def _in_words(page: ListPage) -> ListPage:
    changes = [
        NotedChange(
            change.pk,
            change.curation,
            change.item,
            change_lines(Kind(change.curation.kind), change.before, change.after),
            change.is_undone,
        )
        for change in page.rows
    ]
    return ListPage(changes, page.has_previous, page.has_next)
