"""The strongest films and tracks of each tag, kept in the memory of the process that recommends them."""

from collections.abc import Iterable, Set
from typing import Any, TypeAlias

from django.core.cache import caches
from django.db.models import QuerySet

# How many of the strongest items of a tag take turns: few enough to fit, enough to differ between evenings.
POOL_SIZE = 150
# Another process learns of a hidden film so much later at most. Not on Redis: a save must not depend on it.
POOL_SECONDS = 60

_cache = caches["process"]
_GENERATION = "catalog.pools.generation"

# (weight, group, item id, tag, score, source), strongest first.
PoolRow: TypeAlias = tuple[Any, ...]


def pool(tag: str, rows: QuerySet[Any, PoolRow], exclude: Set[int]) -> list[PoolRow]:
    """The strongest of `rows` that carry the tag at all and may be drawn. `rows` must be sorted by weight.

    Who has been shown most of them lately gets a longer list.
    """
    key = f"catalog.pools.{_cache.get_or_set(_GENERATION, 0, None)}.{tag}"
    strongest = _cache.get_or_set(key, lambda: list(rows[:POOL_SIZE]), POOL_SECONDS) or []
    found = _free(strongest, exclude)
    if exclude and len(found) < POOL_SIZE // 2:
        # No NOT IN: the index gives the strongest rows without a sort, and the excluded are few.
        found = _free(rows[: POOL_SIZE + len(exclude)], exclude)
    return found


def forget_pools() -> None:
    """Have this process read the catalogue anew: what every write of the catalogue ends with.

    A new generation, not a deletion: a pool that another thread has read before the write is never looked up again.
    """
    _cache.get_or_set(_GENERATION, 0, None)
    _cache.incr(_GENERATION)


def _free(rows: Iterable[PoolRow], exclude: Set[int]) -> list[PoolRow]:
    return [row for row in rows if row[0] > 0 and row[2] not in exclude]
