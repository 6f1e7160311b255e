"""The catalogue as one person reads it: films and tracks with what they have said of each."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Generic

from django.db.models import prefetch_related_objects

from accounts.models import User
from catalog import listing
from catalog.listing import Item, Page, Place
from catalog.models import Movie, Track
from diary.browse import Name, Shelf, browse
from diary.models import Feedback
from ml.labels import Emotion, Mood


@dataclass(frozen=True)
class Listed(Generic[Item]):
    """A film or track with its tags at hand, and what the person said of it; None for nothing."""

    item: Item
    feedback: Feedback | None


@dataclass(frozen=True)
class ListedPage(Generic[Item]):
    """A page of a list, and where the next one begins; None after the last."""

    items: list[Listed[Item]]
    end: Place | None


@dataclass(frozen=True)
class LikedPage:
    """What somebody likes, each with its film or track and their tags at hand; whether there is more behind it."""

    likes: list[Feedback]
    has_more: bool


@dataclass(frozen=True)
class ListedShelf(Generic[Name, Item]):
    """A feeling or mood with what stands on its shelf."""

    name: Name
    items: list[Listed[Item]]


@dataclass(frozen=True)
class ListedShelves:
    """All shelves of a day."""

    movies: list[ListedShelf[Emotion, Movie]]
    tracks: list[ListedShelf[Mood, Track]]


def list_shelves(*, user: User, day: date) -> ListedShelves:
    """The shelves of `diary.browse.browse`, with tags and the user's feedback."""
    shelves = browse(user=user, day=day)
    return ListedShelves(_listed_shelves(user, shelves.movies), _listed_shelves(user, shelves.tracks))


def list_movies(
    *, user: User, emotion: str = "", words: str = "", after: Place | None = None, limit: int
) -> ListedPage[Movie]:
    """A page of films, as `catalog.listing.list_movies` gives it, with the user's feedback."""
    return _listed_page(user, listing.list_movies(emotion=emotion, words=words, after=after, limit=limit))


def list_tracks(
    *, user: User, mood: str = "", words: str = "", after: Place | None = None, limit: int
) -> ListedPage[Track]:
    """A page of tracks, as `catalog.listing.list_tracks` gives it, with the user's feedback."""
    return _listed_page(user, listing.list_tracks(mood=mood, words=words, after=after, limit=limit))


def list_liked(*, user: User, after: tuple[datetime, int] | None = None, limit: int) -> LikedPage:
    """At most `limit` films and tracks that the user likes, the last first; those behind a like's moment and id."""
    likes = Feedback.objects.liked_by(user)
    if after is not None:
        likes = likes.given_before(*after)
    found = list(likes.prefetch_related("movie__tags", "track__tags")[: limit + 1])
    return LikedPage(found[:limit], len(found) > limit)


def get_movie(*, user: User, movie_id: int) -> Listed[Movie]:
    """A film that readers may be shown. Raises Movie.DoesNotExist."""
    return with_feedback(user, [listing.get_movie(movie_id)])[0]


def get_track(*, user: User, track_id: int) -> Listed[Track]:
    """A track that readers may be shown. Raises Track.DoesNotExist."""
    return with_feedback(user, [listing.get_track(track_id)])[0]


def with_feedback(user: User, items: Sequence[Item]) -> list[Listed[Item]]:
    """The items, all films or all tracks, with what the user says of each: one query."""
    if not items:
        return []
    kind = "movie_id" if isinstance(items[0], Movie) else "track_id"
    given = Feedback.objects.filter(user=user, **{f"{kind}__in": [item.pk for item in items]})
    by_item = {getattr(feedback, kind): feedback for feedback in given}
    return [Listed(item, by_item.get(item.pk)) for item in items]


def _listed_page(user: User, page: Page[Item]) -> ListedPage[Item]:
    return ListedPage(with_feedback(user, page.items), page.end)


def _listed_shelves(user: User, shelves: Sequence[Shelf[Name, Item]]) -> list[ListedShelf[Name, Item]]:
    items = [item for shelf in shelves for item in shelf.items]
    prefetch_related_objects(items, "tags")
    listed = iter(with_feedback(user, items))  # in the same order: each shelf takes its own
    return [ListedShelf(shelf.name, [next(listed) for _ in shelf.items]) for shelf in shelves]
