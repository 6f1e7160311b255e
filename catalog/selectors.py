"""Reads of the catalogue: which films and tracks fit a feeling."""

import random
from collections.abc import Hashable, Iterable, Set
from typing import TypeVar

from catalog.models import LoadedFile, MovieTag, TrackTag
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Strategy

# How many of the strongest items of a tag take turns: few enough to fit, enough to differ between evenings.
POOL_SIZE = 150

TagT = TypeVar("TagT", MovieTag, TrackTag)


def movies_for(
    *, emotion: Emotion, strategy: Strategy, exclude: Set[int] = frozenset(), count: int = 3, seed: str = ""
) -> list[MovieTag]:
    """Tags (with their films) of `count` films that answer `emotion` by `strategy`, none of the film ids in `exclude`.

    The same arguments choose the same films; another `seed` chooses others out of the POOL_SIZE strongest.
    """
    tags = MovieTag.objects.filter(emotion=FILM_EMOTION[strategy][emotion], movie__is_hidden=False)
    # The excluded are dropped here and not by NOT IN: the list is short, and the index gives the strongest first.
    strongest = tags.order_by("-weight", "pk")[: POOL_SIZE + len(exclude)].values_list("pk", "movie_id", "weight")
    pool = [(pk, weight, None) for pk, movie_id, weight in strongest if movie_id not in exclude]
    chosen = _draw(pool[:POOL_SIZE], count=count, seed=seed)
    return _in_order(MovieTag.objects.select_related("movie").filter(pk__in=chosen), chosen)


def tracks_for(
    *, emotion: Emotion, strategy: Strategy, exclude: Set[int] = frozenset(), count: int = 3, seed: str = ""
) -> list[TrackTag]:
    """Tags (with their tracks) of `count` tracks of different artists that answer `emotion` by `strategy`.

    None of the track ids in `exclude`. Otherwise as `movies_for`.
    """
    tags = TrackTag.objects.filter(mood=TRACK_MOOD[strategy][emotion], track__is_hidden=False)
    strongest = tags.order_by("-weight", "pk")[: POOL_SIZE + len(exclude)].values_list(
        "pk", "track_id", "weight", "track__artist"
    )
    pool = [(pk, weight, artist) for pk, track_id, weight, artist in strongest if track_id not in exclude]
    chosen = _draw(pool[:POOL_SIZE], count=count, seed=seed)
    return _in_order(TrackTag.objects.select_related("track").filter(pk__in=chosen), chosen)


def is_file_loaded(*, name: str, sha256: str) -> bool:
    """Whether the catalogue file of that name was last loaded with that content."""
    return LoadedFile.objects.filter(name=name, sha256=sha256).exists()


def _draw(pool: Iterable[tuple[int, float, Hashable]], *, count: int, seed: str) -> list[int]:
    """Draw `count` keys of (key, weight, group) without replacement, at most one a group unless the group is None.

    Weighted reservoir sampling (Efraimidis and Spirakis 2006): the largest values of u^(1/weight) win.
    """
    generator = random.Random(seed)  # noqa: S311 - variety, not secrecy
    drawn = sorted(((generator.random() ** (1 / weight), key, group) for key, weight, group in pool if weight > 0))
    chosen: list[int] = []
    groups: set[Hashable] = set()
    while drawn and len(chosen) < count:
        _, key, group = drawn.pop()
        if group is not None and group in groups:
            continue
        groups.add(group)
        chosen.append(key)
    return chosen


def _in_order(tags: Iterable[TagT], order: list[int]) -> list[TagT]:
    return sorted(tags, key=lambda tag: order.index(tag.pk))
