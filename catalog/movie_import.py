"""Films of a large source into the database: only what differs is written, in chunks that stand by themselves."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import islice

from django.db import transaction
from django.utils import timezone

from catalog.models import Movie, MovieTag, Source
from catalog.rows import MovieRow
from catalog.services import MOVIE_FACTS, upsert_movies
from ml.labels import Emotion

CHUNK = 1_000

FACTS = (*MOVIE_FACTS, "has_suicide_theme")

ComputedTags = dict[Emotion, tuple[float, Source]]


@dataclass
class ImportCounts:
    """What an import did, or would do: numbers of films, and the IMDb ids that only the database has."""

    added: int = 0
    changed: int = 0
    unchanged: int = 0
    under_tmdb_id: int = 0
    absent: list[str] = field(default_factory=list)

    @property
    def is_nothing_new(self) -> bool:
        return not self.added and not self.changed


def import_movies(rows: Iterable[MovieRow], *, is_dry_run: bool = False) -> ImportCounts:
    """Add the films that are new and refresh those of which something differs; every id may come once.

    A row without `lifts` brings facts only: the film's computed tags, its number of reviews and their rating stay.
    An empty fact never replaces a known one, a mark for suicide is never taken off, and curated tags, hidden and
    pinned films stay as they are. A film that stands under its TMDB id is left alone, and no film is deleted: entries
    keep what they were shown.

    Every CHUNK films are one transaction: after Ctrl+C or a kill, running again finishes the work.
    """
    counts = ImportCounts()
    stored = Movie.objects.exclude(imdb_id="")
    under_tmdb_id = set(stored.filter(external_id__startswith="tmdb:").values_list("imdb_id", flat=True))
    absent = set(stored.values_list("imdb_id", flat=True).iterator())
    for chunk in _chunks(rows):
        absent.difference_update(row.imdb_id for row in chunk)
        own = [row for row in chunk if row.imdb_id not in under_tmdb_id]
        counts.under_tmdb_id += len(chunk) - len(own)
        _import_chunk(own, counts, is_dry_run=is_dry_run)
    counts.absent = sorted(absent)
    return counts


@transaction.atomic
def _import_chunk(rows: Sequence[MovieRow], counts: ImportCounts, *, is_dry_run: bool) -> None:
    """Two queries and, where something differs, one upsert."""
    stored = Movie.objects.in_bulk([row.external_id for row in rows], field_name="external_id")
    merged = [_merge(row, stored.get(row.external_id)) for row in rows]
    changed = {row.external_id for row in merged if _differs(row, stored.get(row.external_id))}
    needed = [row.external_id for row in merged if row.lifts or row.external_id in changed]
    computed, curated = _tags([movie for key in needed if (movie := stored.get(key))])
    changed |= {
        row.external_id
        for row in merged
        if row.external_id in computed and _has_new_tags(row, computed[row.external_id], curated[row.external_id])
    }
    added = {row.external_id for row in merged} - stored.keys()
    writes = [
        row if row.lifts else _with_stored_tags(row, computed.get(row.external_id, {}))
        for row in merged
        if row.external_id in added | changed
    ]
    counts.added += len(added)
    counts.changed += len(changed)
    counts.unchanged += len(rows) - len(writes)
    if writes and not is_dry_run:
        upsert_movies(writes, added_at=timezone.now())


def _merge(row: MovieRow, movie: Movie | None) -> MovieRow:
    """The row, completed with what the database knows and the source does not, and with what a curator wrote."""
    if movie is None:
        return row
    merged = replace(
        row,
        tmdb_id=row.tmdb_id or movie.tmdb_id,
        title_ko=row.title_ko or movie.title_ko,
        director=row.director or movie.director,
        director_ko=row.director_ko or movie.director_ko,
        review_count=row.review_count if row.lifts else movie.review_count,
        rating=row.rating if row.lifts else movie.rating,
        has_suicide_theme=row.has_suicide_theme or movie.has_suicide_theme,
    )
    return replace(merged, **{name: getattr(movie, name) for name in movie.curated_facts})


def _differs(row: MovieRow, movie: Movie | None) -> bool:
    return movie is not None and any(getattr(row, name) != getattr(movie, name) for name in FACTS)


def _tags(movies: Sequence[Movie]) -> tuple[dict[str, ComputedTags], dict[str, set[Emotion]]]:
    """By external id: the computed tags of each film, and the emotions that a curator has tagged."""
    ids = {movie.pk: movie.external_id for movie in movies}
    computed: dict[str, ComputedTags] = {key: {} for key in ids.values()}
    curated: dict[str, set[Emotion]] = {key: set() for key in ids.values()}
    for tag in MovieTag.objects.filter(movie__in=movies):
        if tag.is_curated:
            curated[ids[tag.movie_id]].add(Emotion(tag.emotion))
        else:
            computed[ids[tag.movie_id]][Emotion(tag.emotion)] = (tag.score, Source(tag.source))
    return computed, curated


def _has_new_tags(row: MovieRow, computed: ComputedTags, curated: set[Emotion]) -> bool:
    return any(
        computed.get(emotion) != (lift, row.source) for emotion, lift in row.lifts.items() if emotion not in curated
    )


def _with_stored_tags(row: MovieRow, computed: ComputedTags) -> MovieRow:
    """The same scores once more: their weights follow the facts, a Korean title above all."""
    if not computed:
        return row
    lifts = {emotion: lift for emotion, (lift, _) in computed.items()}
    [source, *_] = {source for _, source in computed.values()}
    return replace(row, lifts=lifts, source=source)


def _chunks(rows: Iterable[MovieRow]) -> Iterator[list[MovieRow]]:
    iterator = iter(rows)
    while chunk := list(islice(iterator, CHUNK)):
        yield chunk
