"""Reads of the catalogue: which films and tracks fit a feeling."""

import random
from collections.abc import Hashable, Iterable, Set
from typing import Any, NamedTuple, TypeAlias

from django.core.cache import caches
from django.db.models import QuerySet

from catalog.models import LoadedFile, MovieTag, TrackTag
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Mood, Strategy

# How many of the strongest items of a tag take turns: few enough to fit, enough to differ between evenings.
POOL_SIZE = 150
# How much likelier a strong item is drawn than a weak one of the pool: at 1 the draw is nearly even.
SHARPNESS = 3
POOL_SECONDS = 60

# Rows of (weight, group, *Pick), strongest first.
Rows: TypeAlias = QuerySet[Any, tuple[Any, ...]]


class Pick(NamedTuple):
    """A film or track chosen for a tag, with the tag's score and source."""

    item_id: int
    tag: str
    score: float
    source: str


def movies_for(
    *, emotion: Emotion, strategy: Strategy, exclude: Set[int] = frozenset(), count: int = 3, seed: str = ""
) -> list[Pick]:
    """`count` films that answer `emotion` by `strategy`, none of the film ids in `exclude`.

    The same arguments choose the same films; another `seed` chooses others out of the POOL_SIZE strongest.
    """
    wanted = FILM_EMOTION[strategy][emotion]
    tags = MovieTag.objects.filter(emotion=wanted, movie__is_hidden=False).order_by("-weight", "pk")
    rows = tags.values_list("weight", "pk", "movie_id", "emotion", "score", "source")
    return _draw(_pool(wanted, rows, exclude), count=count, seed=seed)


def tracks_for(
    *, emotion: Emotion, strategy: Strategy, exclude: Set[int] = frozenset(), count: int = 3, seed: str = ""
) -> list[Pick]:
    """`count` tracks of different artists that answer `emotion` by `strategy`, none of the track ids in `exclude`.

    The same arguments choose the same tracks; another `seed` chooses others out of the POOL_SIZE strongest.
    """
    wanted = TRACK_MOOD[strategy][emotion]
    tags = TrackTag.objects.filter(mood=wanted, track__is_hidden=False).order_by("-weight", "pk")
    rows = tags.values_list("weight", "track__artist", "track_id", "mood", "score", "source")
    return _draw(_pool(wanted, rows, exclude), count=count, seed=seed)


def is_file_loaded(*, name: str, sha256: str) -> bool:
    """Whether the catalogue file of that name was last loaded with that content."""
    return LoadedFile.objects.filter(name=name, sha256=sha256).exists()


def forget_pools() -> None:
    """Have the next recommendation read the catalogue anew; what every write of the catalogue ends with."""
    caches["process"].delete_many([_pool_key(tag) for tag in (*Emotion, *Mood)])


def _pool(tag: str, rows: Rows, exclude: Set[int]) -> list[tuple[Any, ...]]:
    """The strongest rows that may be drawn. Who has seen most of them lately gets a longer list."""
    # Remembered in this process: another process learns of a hidden film POOL_SECONDS later at most.
    strongest = caches["process"].get_or_set(_pool_key(tag), lambda: list(rows[:POOL_SIZE]), POOL_SECONDS) or []
    pool = _free(strongest, exclude)
    if exclude and len(pool) < POOL_SIZE // 2:
        # No NOT IN: the index gives the strongest rows without a sort, and the excluded are few.
        pool = _free(rows[: POOL_SIZE + len(exclude)], exclude)
    return pool


def _pool_key(tag: str) -> str:
    return f"catalog.pool.{tag}"


def _free(rows: Iterable[tuple[Any, ...]], exclude: Set[int]) -> list[tuple[Any, ...]]:
    return [row for row in rows if row[0] > 0 and row[2] not in exclude]


def _draw(pool: Iterable[tuple[Any, ...]], *, count: int, seed: str) -> list[Pick]:
    """Draw from rows of (weight, group, *Pick) without replacement and at most one of a group.

    Weighted reservoir sampling (Efraimidis and Spirakis 2006): the largest values of u^(1/weight) win.
    """
    generator = random.Random(seed)  # noqa: S311 - variety, not secrecy
    drawn = sorted((generator.random() ** (row[0] ** -SHARPNESS), row[1], row[2:]) for row in pool)
    picks: dict[Hashable, Pick] = {}
    while drawn and len(picks) < count:
        _, group, pick = drawn.pop()
        picks.setdefault(group, Pick(*pick))
    return list(picks.values())
