"""What a curator can change of a film or track, as plain values: read, compared, and put back."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, TypeAlias

from django.utils.dateparse import parse_datetime

from catalog.curation import writes
from catalog.models import Kind, Movie, MovieTag, Source, Track, TrackTag

# Field → value, as JSON has it, and "tags": name → [score, source].
State: TypeAlias = dict[str, Any]
TAGS = "tags"


def read_states(kind: Kind, ids: Iterable[int]) -> dict[int, State]:
    """Item id → its state, for those of the ids that there are."""
    items: Iterable[Any] = kind.model._default_manager.filter(pk__in=ids).prefetch_related("tags")
    return {item.pk: _read_state(item) for item in items}


def differences(before: State, after: State) -> tuple[State, State]:
    """What two states of an item do not share: the parts that only the first one has, and the second's.

    A tag that is new is None before.
    """
    names = [name for name in after if before.get(name) != after[name]]
    old, new = {name: before.get(name) for name in names}, {name: after[name] for name in names}
    if TAGS in new:
        tags_before, tags_after = before.get(TAGS, {}), after[TAGS]
        names = [name for name in tags_after if tags_before.get(name) != tags_after[name]]
        old[TAGS] = {name: tags_before.get(name) for name in names}
        new[TAGS] = {name: tags_after[name] for name in names}
    return old, new


def holds(state: State, part: State) -> bool:
    """Whether all of a part still is as it says."""
    tags = state.get(TAGS, {})
    return all(
        all(tags.get(tag) == word for tag, word in value.items()) if name == TAGS else state.get(name) == value
        for name, value in part.items()
    )


def write_states(kind: Kind, parts: Mapping[int, State]) -> None:
    """Put items (id → part of a state) back to what they were; a tag that was None is removed.

    A computed tag gets what the model says today, which an import may have refreshed since.
    """
    items: list[Any] = list(kind.model._default_manager.filter(pk__in=parts))
    for item in items:
        for name, value in parts[item.pk].items():
            if name != TAGS:
                setattr(item, name, parse_datetime(value) if name == "reviewed_at" and value else value)
    if items:
        writes.restore_items(items)
    tags = {item.pk: words for item in items if (words := parts[item.pk].get(TAGS))}
    if tags:
        _write_tags(items, tags)


def _read_state(item: Movie | Track) -> State:
    facts = {name: getattr(item, name) for name in item.CURATED_FACTS}
    tags: Iterable[MovieTag | TrackTag] = item.tags.all()
    return {
        **{name: value.isoformat() if isinstance(value, datetime) else value for name, value in facts.items()},
        TAGS: {tag.name: [tag.score, tag.source] for tag in tags},
    }


def _write_tags(items: list[Any], words: Mapping[int, dict[str, list[Any] | None]]) -> None:
    curated: dict[tuple[int, str], float] = {}
    computed: dict[int, set[str]] = defaultdict(set)
    absent: dict[int, set[str]] = defaultdict(set)
    for item_id, tags in words.items():
        for name, word in tags.items():
            if word is None:
                absent[item_id].add(name)
            elif word[1] == Source.CURATED:
                curated[item_id, name] = word[0]
            else:
                computed[item_id].add(name)
    writes.remove_tags(items, absent)
    writes.return_to_model(items, only=computed)
    writes.curate_scores(items, curated)
