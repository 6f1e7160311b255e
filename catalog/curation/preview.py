"""What a step would do, before anything is done: how many items, the first of them before and after, what stays."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db import transaction

from catalog.curation.actions import apply_action, check_parameters
from catalog.curation.states import differences, read_states
from catalog.curation.steps import select_items
from catalog.curation.words import Line, change_lines
from catalog.models import Action, Curation, Kind, Movie, MovieTag, Source, Track

EXAMPLES = 20


@dataclass(frozen=True)
class Example:
    """An item with what would change of it; no lines where nothing would."""

    item: Movie | Track
    lines: list[Line]


@dataclass(frozen=True)
class Preview:
    """`unknown` counts films whose tags stay a curator's, since nobody knows what the model said of them."""

    count: int
    examples: list[Example]
    unknown: int


def preview(kind: Kind, action: Action, selection: Mapping[str, Any], parameters: Mapping[str, Any]) -> Preview:
    """What an action would do. Raises ValueError for what it can't do or a filter does not know."""
    check_parameters(kind, action, parameters)
    items = select_items(kind, selection)
    first = list(items.order_by("pk")[:EXAMPLES])
    curation = Curation(kind=kind, action=action, parameters=dict(parameters))
    lines = _try_out(curation, [item.pk for item in first])
    return Preview(
        count=items.count(),
        examples=[Example(item, lines[item.pk]) for item in first],
        unknown=_count_unknown(kind, action, selection),
    )


def count_selected(kind: Kind, selection: Mapping[str, Any]) -> int:
    """How many items a selection has. Raises ValueError for what a filter does not know."""
    return select_items(kind, selection).count()


def _try_out(curation: Curation, ids: list[int]) -> dict[int, list[Line]]:
    """What the action does to some items, taken back at once: what is shown is what would be done."""
    kind = Kind(curation.kind)
    with transaction.atomic():
        before = read_states(kind, ids)
        apply_action(curation, ids)
        after = read_states(kind, ids)
        transaction.set_rollback(True)
    return {pk: change_lines(kind, *differences(before[pk], after[pk])) for pk in ids}


def _count_unknown(kind: Kind, action: Action, selection: Mapping[str, Any]) -> int:
    """Tracks are classified anew; films would need their reviews."""
    if action != Action.RETAG or kind != Kind.MOVIE:
        return 0
    tags = MovieTag.objects.filter(source=Source.CURATED, model_score=None)
    return select_items(kind, selection).filter(pk__in=tags.values("movie")).count()
