"""Writes of the catalogue: films and tracks come in, with their computed tags. What curators said outlives that."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import Q, QuerySet

from catalog.models import LoadedFile, Movie, MovieTag, Source, Track, TrackTag
from catalog.pools import forget_pools
from catalog.rows import MovieRow, TrackRow
from catalog.search_text import join_search_text
from catalog.weights import lift_pinned, movie_tag_weight, without_pin
from ml.labels import Mood
from ml.reviews.rank import lift_put_forward

Item = TypeVar("Item", bound=Movie | Track)

BATCH_SIZE = 500
# What every load refreshes of a film.
MOVIE_FACTS: tuple[str, ...] = (
    *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko"),
    *("review_count", "rating"),
)
TRACK_FACTS = ("title", "artist", "artist_ko", "album", "release_date", "duration_ms", "popularity")
# What a load would overwrite of a curator's, did it not ask `keep_curated_facts`.
IMPORTED_FACTS = (*MOVIE_FACTS, *TRACK_FACTS)


@transaction.atomic
def upsert_movies(rows: Sequence[MovieRow], *, added_at: datetime | None = None) -> None:
    """Insert or refresh films and their computed tags; curated tags and hidden films stay as they are.

    New films are noted to have come at `added_at`; None is the catalogue that ships with the site. A mark for suicide
    is set and never taken off: it may be a curator's, and a film too many costs little.
    """
    columns = ["external_id", *MOVIE_FACTS, "has_suicide_theme"]
    news = [Movie(added_at=added_at, **{name: getattr(row, name) for name in columns}) for row in rows]
    _keep_curated_facts(news, Movie.objects.all(), "external_id")
    movies = Movie.objects.bulk_create(
        [make_searchable(movie) for movie in news],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["external_id"],
        update_fields=[*MOVIE_FACTS, "search_text"],
    )
    marked = [movie.pk for movie in movies if movie.has_suicide_theme]
    Movie.objects.filter(pk__in=marked, has_suicide_theme=False).update(has_suicide_theme=True)
    _read_flags(Movie.objects.all(), movies)
    tags = [
        MovieTag(
            movie=movie,
            emotion=emotion,
            score=lift,
            source=row.source,
            weight=movie_tag_weight(movie, lift_put_forward(emotion, row.lifts)),
            is_shown=not movie.is_hidden,
            is_well_known=movie.is_well_known,
        )
        for movie, row in zip(movies, rows, strict=True)
        for emotion, lift in row.lifts.items()
    ]
    _write_computed(tags, MovieTag.objects.all(), "movie", "emotion")
    transaction.on_commit(forget_pools)


@transaction.atomic
def upsert_tracks(
    rows: Sequence[TrackRow], weights: Sequence[dict[Mood, float]], *, added_at: datetime | None = None
) -> None:
    """Insert or refresh tracks and their computed tags with the weights of `track_weights`; curated tags stay.

    `added_at` is as in `upsert_movies`.
    """
    news = [
        Track(
            spotify_id=row.spotify_id,
            added_at=added_at,
            **{name: getattr(row, name) for name in TRACK_FACTS},
            **row.features,
        )
        for row in rows
    ]
    _keep_curated_facts(news, Track.objects.all(), "spotify_id")
    tracks = Track.objects.bulk_create(
        [make_searchable(track) for track in news],
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=["spotify_id"],
        update_fields=[*TRACK_FACTS, "search_text", *(rows[0].features if rows else ())],
    )
    _read_flags(Track.objects.all(), tracks)
    tags = [
        TrackTag(
            track=track,
            mood=mood,
            score=probability,
            source=Source.FEATURES,
            weight=lift_pinned(track, weight[mood]),
            is_shown=not track.is_hidden,
            is_well_known=track.is_well_known,
        )
        for track, row, weight in zip(tracks, rows, weights, strict=True)
        for mood, probability in row.probabilities.items()
    ]
    _write_computed(tags, TrackTag.objects.all(), "track", "mood")
    transaction.on_commit(forget_pools)


def remember_loaded_file(*, name: str, sha256: str) -> None:
    """Note that a catalogue file is in the database as it is."""
    LoadedFile.objects.update_or_create(name=name, defaults={"sha256": sha256})


def make_searchable(item: Item) -> Item:
    """The item with the text that it is found by, made of what it says now."""
    item.search_text = join_search_text(*item.searched_texts)
    return item


def _keep_curated_facts(news: Sequence[Any], stored: QuerySet[Any], key: str) -> None:
    """Set on items that an importer made the facts that curators wrote; `key` tells an item from others."""
    curated = stored.filter(**{f"{key}__in": [getattr(item, key) for item in news]}).exclude(curated_facts=[])
    by_key = {getattr(item, key): item for item in curated}
    for item in news:
        if (written := by_key.get(getattr(item, key))) is not None:
            for name in written.curated_facts:
                setattr(item, name, getattr(written, name))


def keep_model_word(tag: MovieTag | TrackTag, computed: MovieTag | TrackTag) -> None:
    """Keep what a computed tag says beside the curator's word that stands; nothing is saved."""
    tag.model_score, tag.model_source = computed.score, computed.source
    if isinstance(tag, TrackTag) and isinstance(computed, TrackTag):
        tag.model_weight = without_pin(computed.track, computed.weight)


def _write_computed(tags: Sequence[Any], stored: QuerySet[Any], item: str, name: str) -> None:
    """Insert or refresh the computed tags of items; where a curator's word stands, note the model's beside it.

    `item` and `name` are the fields that tell a tag from others.
    """
    curated = stored.filter(source=Source.CURATED, **{f"{item}__in": {getattr(tag, f"{item}_id") for tag in tags}})
    words = {(getattr(tag, f"{item}_id"), getattr(tag, name)): tag for tag in curated}
    computed, known = [], []
    for tag in tags:
        if (word := words.get((getattr(tag, f"{item}_id"), getattr(tag, name)))) is None:
            computed.append(tag)
        else:
            keep_model_word(word, tag)
            known.append(word)
    stored.bulk_create(
        computed,
        batch_size=BATCH_SIZE,
        update_conflicts=True,
        unique_fields=[item, name],
        update_fields=["score", "source", "weight", "is_shown", "is_well_known"],
    )
    if known:
        stored.bulk_update(known, stored.model.MODEL_WORD, batch_size=BATCH_SIZE)


def _read_flags(stored: QuerySet[Any], items: Sequence[Movie | Track]) -> None:
    """Set on items that an importer made what curators said of them."""
    flagged = stored.filter(Q(is_hidden=True) | Q(is_pinned=True), pk__in=[item.pk for item in items])
    flags = {pk: flags for pk, *flags in flagged.values_list("pk", "is_hidden", "is_pinned")}
    for item in items:
        item.is_hidden, item.is_pinned = flags.get(item.pk, (False, False))
