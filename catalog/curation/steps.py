"""A curator's step over many items: begun, gone on with in chunks, undone. One step may take thousands of requests.

Whoever asks for progress may go on with it (`advance`): a page that waits, or a worker. Both at once do no harm.
"""

import time
from collections.abc import Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from catalog.curation.actions import apply_action, check_parameters
from catalog.curation.file_rows import items_of_file
from catalog.curation.filters import filter_items
from catalog.curation.record import record
from catalog.curation.states import holds, read_states, write_states
from catalog.models import Action, Curation, Kind

CHUNK = 500
# How long a page that waits has a step gone on with at once: its bar moves, and no request takes long.
SECONDS_A_REQUEST = 2.0
State = Curation.State


def select_items(kind: Kind, selection: Mapping[str, Any]) -> QuerySet[Any]:
    """The items of a selection as they are now: by {"ids": [...]} or by {"query": {...}}, the filters of a list.

    {"import_file": id} are those that an uploaded file has still something to change of.
    """
    if "ids" in selection:
        items: QuerySet[Any] = kind.model._default_manager.filter(pk__in=selection["ids"])
        return items
    if "import_file" in selection:
        return items_of_file(kind, selection["import_file"])
    return filter_items(kind, selection["query"])


def begin(
    *,
    curator: Any,
    kind: Kind,
    action: Action,
    selection: Mapping[str, Any],
    parameters: Mapping[str, Any] | None = None,
) -> Curation:
    """A step that is yet to be gone through by `advance`. Raises ValueError for what its action can't do."""
    parameters = dict(parameters or {})
    check_parameters(kind, action, parameters)
    return Curation.objects.create(
        curator=curator,
        kind=kind,
        action=action,
        parameters=parameters,
        selection=dict(selection),
        total=select_items(kind, selection).count(),
    )


@transaction.atomic
def begin_undo(curation_id: int, *, by: Any) -> Curation:
    """Have `advance` put back what a step changed. Raises ValueError unless the step is done."""
    curation = Curation.objects.select_for_update().get(pk=curation_id)
    if curation.state != State.DONE:
        raise ValueError(f"step {curation_id} is {curation.state}")
    curation.state, curation.undone_by, curation.reached = State.UNDOING, by, 0
    curation.save(update_fields=["state", "undone_by", "reached"])
    return curation


def advance(curation_id: int, *, seconds: float) -> Curation:
    """Go on with a step for so long, at least one chunk; returns it as it stands then."""
    end = time.monotonic() + seconds
    while (curation := _advance_by_chunk(curation_id)).is_at_work and time.monotonic() < end:
        pass
    return curation


@transaction.atomic
def _advance_by_chunk(curation_id: int) -> Curation:
    """One chunk in one transaction, by one process at a time: the row of the step is locked."""
    curation = Curation.objects.select_for_update().get(pk=curation_id)
    if curation.state == State.RUNNING:
        _do_chunk(curation)
    elif curation.state == State.UNDOING:
        _undo_chunk(curation)
    curation.save()
    return curation


def _do_chunk(curation: Curation) -> None:
    kind = Kind(curation.kind)
    rest = select_items(kind, curation.selection).filter(pk__gt=curation.reached).order_by("pk")
    ids: Sequence[int] = list(rest.values_list("pk", flat=True)[:CHUNK])
    if not ids:
        curation.state, curation.finished_at = State.DONE, timezone.now()
        return
    curation.changed += record(curation, ids, lambda: apply_action(curation, ids))
    curation.handled += len(ids)
    curation.reached = ids[-1]


def _undo_chunk(curation: Curation) -> None:
    """Put back the items that still are as the step left them; what somebody changed since stays."""
    kind = Kind(curation.kind)
    changes = list(
        curation.changes.filter(pk__gt=curation.reached).order_by("pk").annotate(item_id=F(f"{kind}_id"))[:CHUNK]
    )
    if not changes:
        curation.state, curation.undone_at = State.UNDONE, timezone.now()
        return
    now = read_states(kind, [change.item_id for change in changes])
    untouched = [change for change in changes if holds(now[change.item_id], change.after)]
    write_states(kind, {change.item_id: change.before for change in untouched})
    curation.changes.filter(pk__in=[change.pk for change in untouched]).update(is_undone=True)
    curation.restored += len(untouched)
    curation.reached = changes[-1].pk
