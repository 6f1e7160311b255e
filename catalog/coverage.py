"""How much the catalogue has of each emotion and mood, where that comes from, and which corners are nearly empty."""

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import BooleanField, Count, ExpressionWrapper, F, IntegerField, Q
from django.db.models.functions import Substr

from catalog.counted import counted
from catalog.desk.filters import DECADE, HIDDEN, list_query
from catalog.models import FEELING_NAMES, FEWEST_REVIEWS, MOOD_NAMES, MovieTag, TrackTag
from ml.labels import FEELINGS, Mood

# Films of the catalogue begin here, and few tracks are older.
FIRST_DECADE = 1990
SHOWN_CORNERS = 8
TAG_LABELS = {**FEELING_NAMES, **MOOD_NAMES}


@dataclass
class TagCoverage:
    """The items that are put forward for a tag (their weight is above 0).

    `hidden` ones are counted apart: everything else is of those that are shown. `weak` films have few reviews, though
    some; `by_decade` leaves out what came earlier than FIRST_DECADE or at an unknown time.
    """

    tag: str
    shown: int = 0
    hidden: int = 0
    pinned: int = 0
    weak: int = 0
    with_korean_title: int = 0
    by_source: Counter[str] = field(default_factory=Counter)
    by_decade: Counter[int] = field(default_factory=Counter)

    @property
    def name(self) -> str:
        return str(TAG_LABELS[self.tag])

    @property
    def queries(self) -> dict[str, str]:
        """By the name of a number, what follows the `?` in the address of the list of its items."""
        return {
            "shown": list_query(self.tag),
            "hidden": list_query(self.tag, **{HIDDEN: "yes"}),
            "pinned": list_query(self.tag, pinned="yes"),
            "weak": list_query(self.tag, weak="yes"),
            "without_korean_title": list_query(self.tag, korean="no"),
        }

    @property
    def without_korean_title(self) -> int:
        return self.shown - self.with_korean_title

    @property
    def weak_share(self) -> float:
        """Between 0 and 1; 0 of nothing."""
        return self.weak / self.shown if self.shown else 0.0


@dataclass(frozen=True)
class Corner:
    """So many items are shown for a tag from one decade; with a Korean title from any decade for None."""

    tag: str
    decade: int | None
    count: int

    @property
    def name(self) -> str:
        return str(TAG_LABELS[self.tag])

    @property
    def query(self) -> str:
        """What follows the `?` in the address of the list of these items."""
        narrower = {"korean": "yes"} if self.decade is None else {DECADE: str(self.decade)}
        return list_query(self.tag, **narrower)


@dataclass(frozen=True)
class Coverage:
    """Films by emotion, or tracks by mood: one TagCoverage for every tag, in the order of ml.labels."""

    counted_at: datetime
    tags: list[TagCoverage]

    @property
    def most(self) -> int:
        """How many items the tag with the most has: what bars are drawn against."""
        return max(tag.shown for tag in self.tags)

    @cached_property
    def decades(self) -> list[int]:
        """From FIRST_DECADE to the last one that has any item; none in an empty catalogue."""
        last = max((decade for tag in self.tags for decade in tag.by_decade), default=0)
        return list(range(FIRST_DECADE, last + 1, 10))

    @property
    def sparse_decades(self) -> list[Corner]:
        """The SHOWN_CORNERS pairs of tag and decade that have the fewest items, the emptiest first."""
        corners = [Corner(tag.tag, decade, tag.by_decade[decade]) for tag in self.tags for decade in self.decades]
        return sorted(corners, key=lambda corner: corner.count)[:SHOWN_CORNERS]

    @property
    def korean_titles(self) -> list[Corner]:
        """How many items with a Korean title each tag has, the fewest first."""
        corners = [Corner(tag.tag, None, tag.with_korean_title) for tag in self.tags]
        return sorted(corners, key=lambda corner: corner.count)


def movie_coverage() -> Coverage:
    """Films by emotion, as counted some minutes ago at most."""
    moment, rows = counted("movies", _count_movies)
    return Coverage(moment, _sum_up([feeling.value for feeling in FEELINGS], rows))


def track_coverage() -> Coverage:
    """Tracks by mood, as counted some minutes ago at most. None of them is weak or has a Korean title."""
    moment, rows = counted("tracks", _count_tracks)
    return Coverage(moment, _sum_up([mood.value for mood in Mood], rows))


# What both of the following return, with the number of items at the end.
_COLUMNS = ("tag", "source", "decade", "is_shown", "is_pinned", "is_weak", "has_korean_title")


def _count_movies() -> list[list[Any]]:
    put_forward = MovieTag.objects.filter(weight__gt=0).annotate(
        tag=F("emotion"),
        decade=ExpressionWrapper(F("movie__year") / 10, IntegerField()),
        is_pinned=F("movie__is_pinned"),
        is_weak=_is(Q(movie__review_count__range=(1, FEWEST_REVIEWS - 1))),
        has_korean_title=_is(~Q(movie__title_ko="")),
    )
    return [list(row) for row in put_forward.values_list(*_COLUMNS).annotate(count=Count("pk"))]


def _count_tracks() -> list[list[Any]]:
    put_forward = TrackTag.objects.filter(weight__gt=0).annotate(
        tag=F("mood"), decade=Substr("track__release_date", 1, 3), is_pinned=F("track__is_pinned")
    )
    rows = put_forward.values_list(*_COLUMNS[:5]).annotate(count=Count("pk"))
    # A date that nobody knows is of no decade.
    return [
        [tag, source, int(decade) if decade.isdecimal() else 0, is_shown, is_pinned, False, False, count]
        for tag, source, decade, is_shown, is_pinned, count in rows
    ]


def _is(condition: Q) -> Any:
    return ExpressionWrapper(condition, BooleanField())


def _sum_up(names: list[str], rows: list[list[Any]]) -> list[TagCoverage]:
    tags = {name: TagCoverage(name) for name in names}
    for name, source, decade, is_shown, is_pinned, is_weak, has_korean_title, count in rows:
        tag = tags[name]
        if not is_shown:
            tag.hidden += count
            continue
        tag.shown += count
        tag.pinned += is_pinned * count
        tag.weak += is_weak * count
        tag.with_korean_title += has_korean_title * count
        tag.by_source[source] += count
        if decade * 10 >= FIRST_DECADE:
            tag.by_decade[decade * 10] += count
    return list(tags.values())
