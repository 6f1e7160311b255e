"""Pages of long lists, entered by an index where they begin: no offset, and no count beyond a small one."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet


@dataclass(frozen=True)
class ListPage:
    """Rows in their order, and whether there are others before and after them."""

    rows: list[Any]
    has_previous: bool
    has_next: bool


def read_page(
    rows: QuerySet[Any], *, order: str, size: int, after: int | None = None, before: int | None = None
) -> ListPage:
    """At most `size` rows by a field that is never null ("-year" for downwards) and by id, in the same direction.

    They are those next to the row with the id `after` or `before`, whatever that one matches; without both, the
    first. Raises ValueError where there is no row of that id.
    """
    edge = after if before is None else before
    field, is_back = order.removeprefix("-"), before is not None
    is_descending = order.startswith("-") != is_back
    ordering = [f"-{name}" if is_descending else name for name in dict.fromkeys((field, "pk"))]
    ids: list[int] = []
    for part in [rows] if edge is None else _beyond(rows, field, edge, is_descending=is_descending):
        if len(ids) <= size:  # one more than the page tells that there is another
            ids += part.order_by(*ordering).values_list("pk", flat=True)[: size + 1 - len(ids)]
    found = _with_relations(rows).in_bulk(ids[:size])
    page, is_more = [found[pk] for pk in ids[:size] if pk in found], len(ids) > size
    if is_back:
        return ListPage(page[::-1], has_previous=is_more, has_next=True)
    return ListPage(page, has_previous=edge is not None, has_next=is_more)


def count_up_to(rows: QuerySet[Any], most: int) -> int:
    """How many rows there are, or `most` + 1 if there are more."""
    return rows.order_by().values("pk")[: most + 1].count()


def _with_relations(rows: QuerySet[Any]) -> QuerySet[Any]:
    """All rows, read with what the given ones are read with.

    The ids alone are filtered and sorted, which an index can often do without the table.
    """
    everything: QuerySet[Any] = rows.model._default_manager.all()
    everything.query.select_related = rows.query.select_related
    return everything


def _beyond(rows: QuerySet[Any], field: str, edge_id: int, *, is_descending: bool) -> Iterator[QuerySet[Any]]:
    """The rows behind one, in stretches of an index: an OR of them would read it from the beginning."""
    beyond = "lt" if is_descending else "gt"
    if field == "pk":
        yield rows.filter(**{f"pk__{beyond}": edge_id})
        return
    edge = rows.model._default_manager.filter(pk=edge_id).values_list(field, flat=True)
    if not edge:
        raise ValueError(f"no row {edge_id}")
    yield rows.filter(**{field: edge[0], f"pk__{beyond}": edge_id})
    yield rows.filter(**{f"{field}__{beyond}": edge[0]})
