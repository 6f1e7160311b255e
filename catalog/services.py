"""Writes of the catalogue: films and tracks come in, tags are set. A curated tag outlives every import."""

from collections.abc import Sequence
from typing import Any, TypeVar

import numpy as np
from django.db import transaction
from django.db.models import F, Q, QuerySet

from catalog.draw import PINNED_BONUS
from catalog.models import LoadedFile, Movie, MovieTag, Source, Track, TrackTag
from catalog.pools import forget_pools
from catalog.rows import MovieRow, TrackRow
from catalog.search_text import join_search_text
from ml.labels import Mood
from ml.music.rank import AXES, MoodRanks
from ml.reviews.rank import lift_put_forward, movie_weight

Item = TypeVar("Item", Movie, Track)

BATCH_SIZE = 500
# What every load refreshes of a film.
MOVIE_FACTS: tuple[str, ...] = (
    *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko"),
    *("review_count", "rating"),
)
# A curated tag stands before every computed one, whatever weight that one has (computed weights stay below 1).
CURATED_BONUS = 1.0
# A track is put forward for a mood when it stands among this share of the catalogue for it.
FITTING_SHARE = 0.25
# From which probability on a curator says that a track carries a mood.
TRACK_CARRIES_FROM = 0.5
# How much of a track's weight its popularity decides: enough that known songs come first among equals.
POPULARITY_SHARE = 0.25


@transaction.atomic
def upsert_movies(rows: Sequence[MovieRow]) -> None:
    """Insert or refresh films and their computed tags; curated tags and hidden films stay as they are.

    A mark for suicide is set and never taken off: it may be a curator's, and a film too many costs little.
    """
    columns = ["external_id", *MOVIE_FACTS, "has_suicide_theme"]
    movies = Movie.objects.bulk_create(
        [_searchable(Movie(**{name: getattr(row, name) for name in columns})) for row in rows],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["external_id"],
        update_fields=[*MOVIE_FACTS, "search_text"],
    )
    marked = [movie.pk for movie in movies if movie.has_suicide_theme]
    Movie.objects.filter(pk__in=marked, has_suicide_theme=False).update(has_suicide_theme=True)
    curated = set(MovieTag.objects.filter(source=Source.CURATED, movie__in=movies).values_list("movie_id", "emotion"))
    _read_flags(Movie.objects.all(), movies)
    MovieTag.objects.bulk_create(
        [
            MovieTag(
                movie=movie,
                emotion=emotion,
                score=lift,
                source=row.source,
                weight=_movie_tag_weight(movie, lift_put_forward(emotion, row.lifts)),
                is_shown=not movie.is_hidden,
                is_well_known=movie.is_well_known,
            )
            for movie, row in zip(movies, rows, strict=True)
            for emotion, lift in row.lifts.items()
            if (movie.pk, emotion) not in curated
        ],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["movie", "emotion"],
        update_fields=["score", "source", "weight", "is_shown", "is_well_known"],
    )
    transaction.on_commit(forget_pools)


@transaction.atomic
def upsert_tracks(rows: Sequence[TrackRow], weights: Sequence[dict[Mood, float]]) -> None:
    """Insert or refresh tracks and their computed tags with the weights of `track_weights`; curated tags stay."""
    columns = ["title", "artist", "artist_ko", "album", "release_date", "duration_ms", "popularity"]
    tracks = Track.objects.bulk_create(
        [
            _searchable(
                Track(spotify_id=row.spotify_id, **{name: getattr(row, name) for name in columns}, **row.features)
            )
            for row in rows
        ],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["spotify_id"],
        update_fields=[*columns, "search_text", *rows[0].features] if rows else columns,
    )
    curated = set(TrackTag.objects.filter(source=Source.CURATED, track__in=tracks).values_list("track_id", "mood"))
    _read_flags(Track.objects.all(), tracks)
    TrackTag.objects.bulk_create(
        [
            TrackTag(
                track=track,
                mood=mood,
                score=probability,
                source=Source.FEATURES,
                weight=_lift_pinned(track, weight[mood]),
                is_shown=not track.is_hidden,
                is_well_known=track.is_well_known,
            )
            for track, row, weight in zip(tracks, rows, weights, strict=True)
            for mood, probability in row.probabilities.items()
            if (track.pk, mood) not in curated
        ],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["track", "mood"],
        update_fields=["score", "source", "weight", "is_shown", "is_well_known"],
    )
    transaction.on_commit(forget_pools)


def track_weights(rows: Sequence[TrackRow], catalogue: MoodRanks | None = None) -> list[dict[Mood, float]]:
    """How strongly each track is put forward for each mood, in 0…1, relative to the catalogue.

    The catalogue is all `rows` together unless its ranks are given. Nothing for tracks outside the FITTING_SHARE that
    stand highest for the mood; for the others their rank, with a light say for popularity (POPULARITY_SHARE).
    """
    if not rows:
        return []
    measured = (
        np.array([[row.probabilities[mood] for mood in Mood] for row in rows]),
        np.array([[row.features[name] for name in AXES] for row in rows]),
    )
    ranks = (catalogue or MoodRanks.of(*measured)).rank(*measured)
    popularity = np.array([[row.popularity / 100] for row in rows])
    weights = (1 - POPULARITY_SHARE) * ranks + POPULARITY_SHARE * popularity
    weights[ranks < 1 - FITTING_SHARE] = 0
    return [dict(zip(Mood, values, strict=True)) for values in weights.tolist()]


@transaction.atomic
def curate_tag(tag: MovieTag | TrackTag) -> None:
    """Save a tag as a curator's word: it outranks the computed ones and stays through every import."""
    tag.source = Source.CURATED
    tag.weight = _curated_weight(tag)
    tag.save()
    transaction.on_commit(forget_pools)


@transaction.atomic
def save_item(item: Movie | Track) -> None:
    """Save what a curator changed on an item. Its tags follow: a Korean title makes a film better known, say."""
    was_pinned = type(item)._default_manager.filter(pk=item.pk, is_pinned=True).exists()
    item.search_text = join_search_text(*item.searched_texts)
    item.save()
    tags_manager = MovieTag.objects if isinstance(item, Movie) else TrackTag.objects
    tags: list[Any] = list(item.tags.all())
    lifts = {tag.emotion: tag.score for tag in tags} if isinstance(item, Movie) else {}
    for tag in tags:
        tag.is_shown, tag.is_well_known = not item.is_hidden, item.is_well_known
        if isinstance(item, Movie):
            tag.movie = item
            lift = lift_put_forward(tag.emotion, lifts)
            tag.weight = _curated_weight(tag) if tag.is_curated else _movie_tag_weight(item, lift)
        elif tag.weight > 0:  # a track's weight is its rank in the whole catalogue, and stays
            tag.weight += PINNED_BONUS * (item.is_pinned - was_pinned)
    tags_manager.bulk_update(tags, ["weight", "is_shown", "is_well_known"])
    transaction.on_commit(forget_pools)


@transaction.atomic
def set_hidden(items: QuerySet[Movie] | QuerySet[Track], *, is_hidden: bool) -> int:
    """Take films or tracks out of all recommendations, or back in; returns how many there were."""
    _tags_of(items).update(is_shown=not is_hidden)
    count = items.update(is_hidden=is_hidden)
    transaction.on_commit(forget_pools)
    return count


@transaction.atomic
def set_pinned(items: QuerySet[Movie] | QuerySet[Track], *, is_pinned: bool) -> int:
    """Put films or tracks before all others where they fit, or back in line; returns how many changed."""
    changed = items.filter(is_pinned=not is_pinned)
    carried = _tags_of(changed).filter(weight__gt=0)
    carried.update(weight=F("weight") + (PINNED_BONUS if is_pinned else -PINNED_BONUS))
    count = changed.update(is_pinned=is_pinned)
    transaction.on_commit(forget_pools)
    return count


def remember_loaded_file(*, name: str, sha256: str) -> None:
    """Note that a catalogue file is in the database as it is."""
    LoadedFile.objects.update_or_create(name=name, defaults={"sha256": sha256})


def _searchable(item: Item) -> Item:
    """The item with the text that it is found by, made of what it says now."""
    item.search_text = join_search_text(*item.searched_texts)
    return item


def _tags_of(items: QuerySet[Movie] | QuerySet[Track]) -> QuerySet[Any]:
    """The tags of the items."""
    if issubclass(items.model, Movie):
        return MovieTag.objects.filter(movie__in=items.order_by().values("pk"))
    return TrackTag.objects.filter(track__in=items.order_by().values("pk"))


def _read_flags(stored: QuerySet[Any], items: Sequence[Movie | Track]) -> None:
    """Set on items that an importer made what curators said of them."""
    flagged = stored.filter(Q(is_hidden=True) | Q(is_pinned=True), pk__in=[item.pk for item in items])
    flags = {pk: flags for pk, *flags in flagged.values_list("pk", "is_hidden", "is_pinned")}
    for item in items:
        item.is_hidden, item.is_pinned = flags.get(item.pk, (False, False))


def _curated_weight(tag: MovieTag | TrackTag) -> float:
    """Before every computed tag if the curator says that the item carries it, and never put forward if not."""
    if isinstance(tag, MovieTag):
        return CURATED_BONUS + _movie_tag_weight(tag.movie, tag.score) if tag.score > 1 else 0.0
    return _lift_pinned(tag.track, CURATED_BONUS + tag.score if tag.score >= TRACK_CARRIES_FROM else 0.0)


def _movie_tag_weight(movie: Movie, lift: float) -> float:
    weight = movie_weight(lift, reviews=movie.review_count, rating=movie.rating, has_korean_title=bool(movie.title_ko))
    return _lift_pinned(movie, weight)


def _lift_pinned(item: Movie | Track, weight: float) -> float:
    """The weight, above all others where the item is pinned and carries the tag at all."""
    return weight + PINNED_BONUS if item.is_pinned and weight > 0 else weight
