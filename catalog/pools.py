"""The strongest films and tracks of each tag, kept in the memory of the process that recommends them."""

import time
from collections.abc import Callable, Iterable, Mapping, Set
from typing import NamedTuple, TypeAlias

# How many of the strongest items of a tag take turns: few enough to fit, enough to differ between evenings.
POOL_SIZE = 150
# With fewer of them left, after what somebody was shown lately, a longer list is read.
ENOUGH = 15
# Another process learns of a hidden film so much later at most. No shared cache: a save must not depend on one.
POOL_SECONDS = 60


class Facts(NamedTuple):
    """What a draw looks at besides the tag: who made the item (in one spelling), when, and what to be careful with."""

    makers: frozenset[str]
    decade: int
    has_suicide_theme: bool


class Candidate(NamedTuple):
    """An item that carries a tag; the heavier, the likelier it is drawn."""

    weight: float
    item_id: int
    score: float
    source: str
    facts: Facts


# (weight, item id, score, source), strongest first
TagRow: TypeAlias = tuple[float, int, float, str]
# What is asked for: kind of item and tag, and whether the well-known items are meant or the others.
PoolKey: TypeAlias = tuple[str, bool]


class PoolReader(NamedTuple):
    """How a pool is read: the `limit` strongest rows of a key, then the facts of their items."""

    rows: Callable[[PoolKey, int], Iterable[TagRow]]
    facts: Callable[[list[int]], Mapping[int, Facts]]


_pools: dict[PoolKey, tuple[float, list[Candidate]]] = {}  # when it was read, and what
_generation = 0  # grows with every write of this process


def pool(key: PoolKey, reader: PoolReader, exclude: Set[int]) -> list[Candidate]:
    """The strongest items of a key that may be drawn, none of the ids in `exclude`.

    Who has been shown most of them lately gets a longer list.
    """
    found = [candidate for candidate in _strongest(key, reader) if candidate.item_id not in exclude]
    if exclude and len(found) < ENOUGH:
        # No NOT IN: the index gives the strongest rows without a sort, and the excluded are few.
        longer = _read(key, reader, POOL_SIZE + len(exclude))
        found = [candidate for candidate in longer if candidate.item_id not in exclude]
    return found


def forget_pools() -> None:
    """Have this process read the catalogue anew: what every write of the catalogue ends with."""
    global _generation
    _generation += 1
    _pools.clear()


def _strongest(key: PoolKey, reader: PoolReader) -> list[Candidate]:
    read_at, candidates = _pools.get(key, (float("-inf"), []))
    now = time.monotonic()
    if now - read_at > POOL_SECONDS:
        generation = _generation
        candidates = _read(key, reader, POOL_SIZE)
        if generation == _generation:  # nothing was written while we read
            _pools[key] = (now, candidates)
    return candidates


def _read(key: PoolKey, reader: PoolReader, limit: int) -> list[Candidate]:
    rows = list(reader.rows(key, limit))
    facts = reader.facts([item_id for _, item_id, _, _ in rows]) if rows else {}
    return [Candidate(*row, facts[row[1]]) for row in rows if row[1] in facts]
