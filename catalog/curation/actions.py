"""What each action of a curator does to a chunk of items, by the catalogue's own writes."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet

from catalog.curation import writes
from catalog.curation.file_rows import apply_rows
from catalog.models import Action, Curation, Kind
from ml.labels import FEELINGS, Mood

TAG_NAMES: dict[Kind, tuple[str, ...]] = {
    Kind.MOVIE: tuple(feeling.value for feeling in FEELINGS),
    Kind.TRACK: tuple(mood.value for mood in Mood),
}
# The most that a curator can say of a tag: ten times the mean of the catalogue, or certainty.
HIGHEST_SCORE: dict[Kind, float] = {Kind.MOVIE: 10.0, Kind.TRACK: 1.0}

Write = Callable[[QuerySet[Any], Mapping[str, Any]], object]

_WRITES: dict[Action, Write] = {
    Action.APPROVE: lambda items, _: writes.approve(list(items)),
    Action.SET_TAG: lambda items, told: writes.set_tag(list(items), told["tag"], told["score"]),
    Action.REMOVE_TAG: lambda items, told: writes.set_tag(list(items), told["tag"], 0.0),
    Action.RETAG: lambda items, _: writes.return_to_model(list(items)),
    Action.HIDE: lambda items, _: writes.set_hidden(items, is_hidden=True),
    Action.SHOW: lambda items, _: writes.set_hidden(items, is_hidden=False),
    Action.PIN: lambda items, _: writes.set_pinned(items, is_pinned=True),
    Action.UNPIN: lambda items, _: writes.set_pinned(items, is_pinned=False),
    Action.MARK_SUICIDE_THEME: lambda items, _: writes.set_suicide_theme(items, has_suicide_theme=True),
    Action.UNMARK_SUICIDE_THEME: lambda items, _: writes.set_suicide_theme(items, has_suicide_theme=False),
}
_OF_FILMS = (Action.MARK_SUICIDE_THEME, Action.UNMARK_SUICIDE_THEME)


def bulk_actions(kind: Kind) -> list[Action]:
    """What can be done to many items of a kind at once."""
    return [action for action in _WRITES if kind == Kind.MOVIE or action not in _OF_FILMS]


def check_parameters(kind: Kind, action: Action, parameters: Mapping[str, Any]) -> None:
    """Raises ValueError for an action that the kind does not know, a tag that there is not, a score out of range."""
    if action not in bulk_actions(kind):
        raise ValueError(f"{action}: nothing that can be done to a {kind}")
    if action in (Action.SET_TAG, Action.REMOVE_TAG) and parameters.get("tag") not in TAG_NAMES[kind]:
        raise ValueError(f"{parameters.get('tag')}: no tag of a {kind}")
    if action == Action.SET_TAG and not 0 <= parameters.get("score", -1) <= HIGHEST_SCORE[kind]:
        raise ValueError(f"{parameters.get('score')}: a score of a {kind} is 0 to {HIGHEST_SCORE[kind]}")


def apply_action(curation: Curation, ids: Sequence[int]) -> None:
    """Do what a step does to some of its items."""
    items = Kind(curation.kind).model._default_manager.filter(pk__in=ids)
    if curation.action == Action.IMPORT:
        overwrites_curated = curation.parameters["overwrites_curated"]
        apply_rows(
            list(items.prefetch_related("tags")),
            curation.selection["import_file"],
            overwrites_curated=overwrites_curated,
        )
        return
    _WRITES[Action(curation.action)](items, curation.parameters)
