"""The catalogue by emotion, before the first entry: a few films a feeling and tracks a mood, new every day."""

from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from accounts.models import User
from catalog.models import Movie, Track
from catalog.selectors import movies_for, tracks_for
from diary.models import Feedback
from ml.labels import FEELINGS, TRACK_MOOD, Emotion, Mood, Strategy

PER_SHELF = 3

Name = TypeVar("Name", Emotion, Mood)
Item = TypeVar("Item", Movie, Track)


@dataclass(frozen=True)
class Shelf(Generic[Name, Item]):
    """A feeling with films that keep company in it, or a mood with tracks."""

    name: Name
    items: list[Item]


@dataclass(frozen=True)
class Shelves:
    """All shelves of a day: what a person sees who has written nothing yet."""

    movies: list[Shelf[Emotion, Movie]]
    tracks: list[Shelf[Mood, Track]]


def browse(*, user: User, day: date) -> Shelves:
    """The shelves of a day, as `browse_movies` and `browse_tracks` fill them."""
    return Shelves(browse_movies(user=user, day=day), browse_tracks(user=user, day=day))


def browse_movies(*, user: User, day: date) -> list[Shelf[Emotion, Movie]]:
    """PER_SHELF films for each of the five feelings, the same all day; none that the user dislikes or has seen.

    No film stands on two shelves, and none that deals with suicide on any: nothing is known of who looks.
    """
    left_out = set(_refused(user, "movie_id"))
    chosen: dict[Emotion, list[int]] = {}
    for feeling in FEELINGS:
        picks = movies_for(
            scores={feeling: 1.0},
            strategy=Strategy.MATCH,
            exclude=left_out,
            count=PER_SHELF,
            seed=f"{day} {feeling}",
        )
        chosen[feeling] = [pick.item_id for pick in picks]
        left_out.update(chosen[feeling])
    movies = Movie.objects.in_bulk([pk for ids in chosen.values() for pk in ids])
    return _shelves(chosen, movies)


def browse_tracks(*, user: User, day: date) -> list[Shelf[Mood, Track]]:
    """PER_SHELF tracks for each mood, the same all day; none that the user dislikes or has heard, none twice."""
    left_out = set(_refused(user, "track_id"))
    chosen: dict[Mood, list[int]] = {}
    for feeling in FEELINGS:
        mood = TRACK_MOOD[Strategy.MATCH][feeling]
        if mood in chosen:
            continue
        picks = tracks_for(
            scores={feeling: 1.0}, strategy=Strategy.MATCH, exclude=left_out, count=PER_SHELF, seed=f"{day} {mood}"
        )
        chosen[mood] = [pick.item_id for pick in picks]
        left_out.update(chosen[mood])
    tracks = Track.objects.in_bulk([pk for ids in chosen.values() for pk in ids])
    return _shelves(chosen, tracks)


def _refused(user: User, kind: str) -> list[int]:
    found = Feedback.objects.filter(user=user).refused().exclude(**{kind: None})
    return list(found.values_list(kind, flat=True))


def _shelves(chosen: dict[Name, list[int]], items: dict[int, Item]) -> list[Shelf[Name, Item]]:
    """Without shelves that are empty, and items that were deleted since the catalogue was read."""
    shelves = [Shelf(name, [items[pk] for pk in ids if pk in items]) for name, ids in chosen.items()]
    return [shelf for shelf in shelves if shelf.items]
