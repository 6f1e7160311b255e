"""What a step changed, in words: a line for each fact and tag, as it was and as it became."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from catalog.curation.states import TAGS, State
from catalog.models import FEELING_NAMES, MOOD_NAMES, Kind, Source

NOTHING = "—"
# Which facts a curator has written is kept for the importers; people see the facts themselves.
_BOOKKEEPING = "curated_facts"


@dataclass(frozen=True)
class Line:
    """One fact or tag of an item."""

    label: str
    before: str
    after: str


def change_lines(kind: Kind, before: State, after: State) -> list[Line]:
    """A line for each fact and tag of two states that hold the same parts of an item."""
    return list(_lines(kind, before, after))


def tag_name(kind: Kind, name: str) -> str:
    """The name that people read of an emotion or mood."""
    return str((FEELING_NAMES if kind == Kind.MOVIE else MOOD_NAMES).get(name, name))


def score_text(kind: Kind, score: float) -> str:
    """'×1.8' for a film, '62%' for a track."""
    return f"×{score:.1f}" if kind == Kind.MOVIE else f"{score:.0%}"


def _lines(kind: Kind, before: State, after: State) -> Iterator[Line]:
    for name, value in after.items():
        if name == TAGS:
            for tag, word in value.items():
                old = before.get(TAGS, {}).get(tag)
                yield Line(tag_name(kind, tag), _word(kind, old), _word(kind, word))
        elif name != _BOOKKEEPING:
            label = str(getattr(kind.model._meta.get_field(name), "verbose_name", name))
            yield Line(label, _fact(name, before.get(name)), _fact(name, value))


def _word(kind: Kind, word: list[Any] | None) -> str:
    if word is None:
        return NOTHING
    score, source = word
    return f"{score_text(kind, score)} ({Source(source).label})"


def _fact(name: str, value: Any) -> str:
    if isinstance(value, bool):
        return _("예") if value else _("아니요")
    if name == "reviewed_at" and value and (moment := parse_datetime(value)):
        return date_format(timezone.localtime(moment), "Y-m-d H:i")
    return NOTHING if value in (None, "") else str(value)
