"""Who changed what: a write of the catalogue, done and noted in one transaction."""

from collections.abc import Callable, Collection
from typing import Any

from django.db import transaction
from django.utils import timezone

from catalog.curation.states import differences, read_states
from catalog.models import Action, Curation, CurationChange, Kind


@transaction.atomic
def record(curation: Curation, ids: Collection[int], write: Callable[[], object]) -> int:
    """Do a write that concerns some items, and note what it changed of them; returns of how many."""
    kind = Kind(curation.kind)
    before = read_states(kind, ids)
    write()
    changes = []
    for item_id, state in read_states(kind, ids).items():
        old, new = differences(before.get(item_id, {}), state)
        if new:
            changes.append(CurationChange(curation=curation, **{f"{kind}_id": item_id}, before=old, after=new))
    CurationChange.objects.bulk_create(changes, batch_size=500)
    return len(changes)


@transaction.atomic
def record_one(*, curator: Any, kind: Kind, item_id: int, action: Action, write: Callable[[], object]) -> Curation:
    """Do a write that concerns one item, as a step of its own; where it changes nothing, no step is kept."""
    curation = Curation.objects.create(
        curator=curator, kind=kind, action=action, selection={"ids": [item_id]}, total=1, handled=1
    )
    curation.changed = record(curation, [item_id], write)
    if not curation.changed:
        curation.delete()
        return curation
    curation.state, curation.finished_at = Curation.State.DONE, timezone.now()
    curation.save(update_fields=["state", "finished_at", "changed"])
    return curation
