"""What a step is about, as a form carries it: chosen items, or everything that filters match."""

import json
from collections.abc import Mapping
from typing import Any

from catalog.curation.filters import active_filters, filter_items
from catalog.models import Kind

MAX_IDS = 1_000


def select_ids(values: list[str]) -> dict[str, Any]:
    """The selection of chosen items. Raises ValueError for what are no ids, none, or more than MAX_IDS."""
    if not 0 < len(values) <= MAX_IDS:
        raise ValueError(f"{len(values)} items")
    if not all(value.isascii() and value.isdecimal() and len(value) <= 18 for value in values):
        raise ValueError("no ids")
    return {"ids": sorted({int(value) for value in values})}


def select_query(kind: Kind, query: Mapping[str, Any]) -> dict[str, Any]:
    """The selection of everything that filters match. Raises FilterError for a value that a filter does not know."""
    filters = active_filters(kind, query)
    filter_items(kind, filters)
    return {"query": filters}


def write_selection(selection: Mapping[str, Any]) -> str:
    """A selection as text."""
    return json.dumps(selection, ensure_ascii=False)


def read_selection(kind: Kind, text: str) -> dict[str, Any]:
    """What `write_selection` wrote, or somebody who likes to try. Raises ValueError for anything else."""
    try:
        selection = json.loads(text)
    except RecursionError as error:
        raise ValueError("no selection") from error
    match selection:
        case {"ids": list(ids)} if len(selection) == 1:
            return select_ids([str(item_id) for item_id in ids])
        case {"query": dict(query)} if len(selection) == 1:
            return select_query(kind, query)
    raise ValueError("no selection")
