"""The strongest films and tracks of each tag, kept in the memory of the process that recommends them."""

import time
from collections.abc import Callable, Iterable, Set
from typing import Any, TypeAlias

from django.db.models import QuerySet

# How many of the strongest items of a tag take turns: few enough to fit, enough to differ between evenings.
POOL_SIZE = 150
# With fewer of them left, after what somebody was shown lately, a longer list is read.
ENOUGH = 15
# Another process learns of a hidden film so much later at most. No shared cache: a save must not depend on one.
POOL_SECONDS = 60

# (weight, group, item id, tag, score, source), strongest first.
PoolRow: TypeAlias = tuple[Any, ...]
Rows: TypeAlias = QuerySet[Any, PoolRow]

_pools: dict[str, tuple[float, list[PoolRow]]] = {}  # tag → when it was read, and what
_generation = 0  # grows with every write of this process


def pool(tag: str, query: Callable[[], Rows], exclude: Set[int]) -> list[PoolRow]:
    """The strongest rows that carry the tag at all and may be drawn. `query` gives all of them, sorted by weight.

    Who has been shown most of them lately gets a longer list.
    """
    found = _free(_strongest(tag, query), exclude)
    if exclude and len(found) < ENOUGH:
        # No NOT IN: the index gives the strongest rows without a sort, and the excluded are few.
        found = _free(query()[: POOL_SIZE + len(exclude)], exclude)
    return found


def forget_pools() -> None:
    """Have this process read the catalogue anew: what every write of the catalogue ends with."""
    global _generation
    _generation += 1
    _pools.clear()


def _strongest(tag: str, query: Callable[[], Rows]) -> list[PoolRow]:
    read_at, rows = _pools.get(tag, (float("-inf"), []))
    now = time.monotonic()
    if now - read_at > POOL_SECONDS:
        generation = _generation
        rows = list(query()[:POOL_SIZE])
        if generation == _generation:  # nothing was written while we read
            _pools[tag] = (now, rows)
    return rows


def _free(rows: Iterable[PoolRow], exclude: Set[int]) -> list[PoolRow]:
    return [row for row in rows if row[0] > 0 and row[2] not in exclude]
