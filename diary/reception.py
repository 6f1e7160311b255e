"""How recommendations are received, as curators may know it: numbers of people, and of no few people.

Every figure keeps to `diary.crowd`; and there is none of several cells together, nor of those who said nothing, from
which a missing one would follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Q

from catalog.counted import Counted, counted
from catalog.coverage import TAG_LABELS
from diary.crowd import latest_recommendations, people_to_tell
from diary.models import STRATEGY_NAMES, Feedback
from ml.labels import FEELINGS, Mood, Strategy


@dataclass(frozen=True)
class Reception:
    """How many people films or tracks of a tag were recommended to by a strategy, and how many liked or disliked one.

    None for too few people to tell.
    """

    tag: str
    strategy: str
    people: int | None
    liked: int | None
    disliked: int | None

    @property
    def name(self) -> str:
        return str(TAG_LABELS[self.tag])

    @property
    def strategy_name(self) -> str:
        return str(STRATEGY_NAMES[self.strategy])

    @property
    def figures(self) -> tuple[int | None, ...]:
        """In the order of the columns."""
        return self.people, self.liked, self.disliked


@dataclass(frozen=True)
class Receptions:
    """A row for every tag and strategy, in that order, and when they were counted."""

    counted_at: datetime
    rows: list[Reception]


def movie_reception() -> Receptions:
    """Of films, by the emotion that each was chosen for; as counted some minutes ago at most."""
    return _read(counted("movie_reception", lambda: _count("movie", FEELINGS)))


def track_reception() -> Receptions:
    """As `movie_reception`, of tracks by their mood."""
    return _read(counted("track_reception", lambda: _count("track", Mood)))


def _read(found: Counted) -> Receptions:
    return Receptions(found.at, [Reception(*row) for row in found.rows])


def _count(kind: str, tags: Iterable[str]) -> list[list[Any]]:
    """A row for every tag and strategy; nothing but what may be told is ever kept."""
    latest = latest_recommendations().filter(**{f"{kind}__isnull": False})

    def people_who(opinion: Feedback.Opinion) -> Count:
        return Count("user", distinct=True, filter=Q(**{f"{kind}_feedback__opinion": opinion}))

    rows = latest.values_list("tag", "strategy").annotate(
        people=Count("user", distinct=True),
        liked=people_who(Feedback.Opinion.LIKE),
        disliked=people_who(Feedback.Opinion.DISLIKE),
    )
    found = {(tag, strategy): figures for tag, strategy, *figures in rows}
    return [
        [str(tag), strategy.value, *(people_to_tell(people) for people in found.get((tag, strategy), (0, 0, 0)))]
        for tag in tags
        for strategy in Strategy
    ]
