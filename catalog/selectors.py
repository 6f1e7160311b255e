"""Reads of the catalogue: which films and tracks fit a feeling."""

import random
from collections.abc import Hashable, Set
from functools import partial
from itertools import accumulate
from typing import NamedTuple

from catalog.models import LoadedFile, MovieTag, TrackTag
from catalog.pools import PoolRow, Rows, pool
from ml.labels import FILM_EMOTION, TRACK_MOOD, Emotion, Mood, Strategy

# How much likelier a strong item is drawn than a weak one of the pool: at 1 the draw is nearly even.
SHARPNESS = 3


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
    return _draw(pool(wanted, partial(_movie_rows, wanted), exclude), count=count, seed=seed)


def tracks_for(
    *, emotion: Emotion, strategy: Strategy, exclude: Set[int] = frozenset(), count: int = 3, seed: str = ""
) -> list[Pick]:
    """`count` tracks of different artists that answer `emotion` by `strategy`, none of the track ids in `exclude`.

    The same arguments choose the same tracks; another `seed` chooses others out of the POOL_SIZE strongest.
    """
    wanted = TRACK_MOOD[strategy][emotion]
    return _draw(pool(wanted, partial(_track_rows, wanted), exclude), count=count, seed=seed)


def is_file_loaded(*, name: str, sha256: str) -> bool:
    """Whether the catalogue file of that name was last loaded with that content."""
    return LoadedFile.objects.filter(name=name, sha256=sha256).exists()


def _movie_rows(emotion: Emotion) -> Rows:
    tags = MovieTag.objects.filter(emotion=emotion, movie__is_hidden=False).order_by("-weight", "pk")
    return tags.values_list("weight", "pk", "movie_id", "emotion", "score", "source")


def _track_rows(mood: Mood) -> Rows:
    tags = TrackTag.objects.filter(mood=mood, track__is_hidden=False).order_by("-weight", "pk")
    return tags.values_list("weight", "track__artist", "track_id", "mood", "score", "source")


def _draw(rows: list[PoolRow], *, count: int, seed: str) -> list[Pick]:
    """Draw one after the other, likelier the heavier, at most one of a group; fewer where there are fewer groups."""
    generator = random.Random(seed)  # noqa: S311 - variety, not secrecy
    picks: dict[Hashable, Pick] = {}
    while rows and len(picks) < count:
        cumulative = list(accumulate(row[0] ** SHARPNESS for row in rows))
        for row in generator.choices(rows, cum_weights=cumulative, k=count):
            if row[1] in picks:  # no replacement: go on with what is left
                rows = [left for left in rows if left[1] not in picks]
                break
            picks[row[1]] = Pick(*row[2:])
    return list(picks.values())[:count]
