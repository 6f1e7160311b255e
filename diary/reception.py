"""How recommendations are received, as curators may know it: numbers of people, and of no few people.

A curator who knows somebody must not learn from these figures what was recommended to them or what they said of it:

- Every figure is a number of different people, so that one busy person is one.
- Below LEAST_PEOPLE there is none, not even 0.
- Figures are rounded down to STEP: otherwise who looks before and after somebody's click, or before and after an
  account is deleted, would read that person's own share from the difference.
- There is no figure of several cells together, nor of those who said nothing, from which a missing one would follow.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Max, Q

from catalog.counted import Counted, counted
from catalog.coverage import TAG_NAMES
from diary.models import STRATEGY_NAMES, Feedback, Recommendation
from ml.labels import FEELINGS, Mood, Strategy

LEAST_PEOPLE = 20
STEP = 10
# Only the latest recommendations are looked at: of hundreds of millions, counting people would take minutes.
LATEST = 200_000


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
        return str(TAG_NAMES[self.tag])

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
    last = Recommendation.objects.aggregate(last=Max("pk"))["last"] or 0
    latest = Recommendation.objects.filter(pk__gt=last - LATEST, **{f"{kind}__isnull": False})

    def people_who(opinion: Feedback.Opinion) -> Count:
        return Count("user", distinct=True, filter=Q(**{f"{kind}_feedback__opinion": opinion}))

    rows = latest.values_list("tag", "strategy").annotate(
        people=Count("user", distinct=True),
        liked=people_who(Feedback.Opinion.LIKE),
        disliked=people_who(Feedback.Opinion.DISLIKE),
    )
    found = {(tag, strategy): figures for tag, strategy, *figures in rows}
    return [
        [str(tag), strategy.value, *(_told(people) for people in found.get((tag, strategy), (0, 0, 0)))]
        for tag in tags
        for strategy in Strategy
    ]


def _told(people: int) -> int | None:
    return people // STEP * STEP if people >= LEAST_PEOPLE else None
