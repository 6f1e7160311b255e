"""The catalogue as lists: by emotion or mood, by words, page after page, whatever its size.

Every page begins where an index is entered and reads on from there: neither an offset nor a count is ever needed.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any, Generic, TypeAlias, TypeVar

from django.db import connection
from django.db.models import F, QuerySet

from catalog.models import Movie, MovieTag, Track, TrackTag
from catalog.search_text import fills_trigrams, read_needles

# Where a page ends: the rank of its last item (what the list is sorted by, highest first), then the item's id.
Place: TypeAlias = tuple[float, int]
Item = TypeVar("Item", Movie, Track)

# A frequent word is found among the highest items soon. One that is not is rare enough to be looked up in the index of
# trigrams and sorted: of ten million rows, 1 / SCANNED_A_RESULT are 40,000.
SCANNED_A_RESULT = 250
# Which of the two a word is, a sample of the table tells before the highest items are read in vain.
SAMPLED_PAGES = 32  # of 8 kB: 1,300 items or so
_SAMPLE = """
    SELECT count(*) FILTER (WHERE {has_all}), count(*) FROM {table} TABLESAMPLE SYSTEM ((
        SELECT least(100, 100.0 * {pages} * current_setting('block_size')::int
                          / greatest(pg_relation_size('{table}'), 1))
    )) REPEATABLE (1)
"""
NEAR_A_RESULT = 10  # Among so many, words that are in most titles are found.
# Where no index helps (SQLite, or punctuation alone), only so many of the highest items are searched.
SCANNED_AT_MOST = 30_000


@dataclass(frozen=True)
class Page(Generic[Item]):
    """Items with their tags, and where the next page begins; None after the last."""

    items: list[Item]
    end: Place | None


@dataclass(frozen=True)
class Words:
    """What is searched for, whether an index can look it up, and whether it is so rare that this is done at once."""

    needles: Sequence[str]
    has_index: bool
    is_rare: bool

    @property
    def lists(self) -> list[tuple[bool, ...]]:
        """What the well-known items and the others are read as: a list each, in their order, or one that is sorted."""
        return [(True, False)] if self.is_rare else [(True,), (False,)]


@dataclass(frozen=True)
class Ranked:
    """Rows in the order of an index: by `rank` downwards, then by `item` upwards; `text` is what is searched."""

    rows: QuerySet[Any]
    rank: str
    item: str
    text: str

    def after(self, place: Place) -> Iterator["Ranked"]:
        """The rows after a place, in two stretches of the index: an OR would read it from the beginning."""
        rank, item_id = place
        for part in ({self.rank: rank, f"{self.item}__gt": item_id}, {f"{self.rank}__lt": rank}):
            yield Ranked(self.rows.filter(**part), self.rank, self.item, self.text)


def list_movies(*, emotion: str = "", words: str = "", after: Place | None = None, limit: int) -> Page[Movie]:
    """At most `limit` films that readers may be shown, those after a place: the most reviewed first.

    With an emotion, films that carry it, the strongest first. With words, those whose titles or directors have them.
    """
    searched = _read_words(Movie, words)
    if emotion:
        tags = (MovieTag.objects.drawn(emotion, *known) for known in searched.lists)
        rows = [tag.filter(movie__has_suicide_theme=False) for tag in tags]
        ranked = [Ranked(each, "weight", "movie_id", "movie__search_text") for each in rows]
    else:
        ranked = [Ranked(Movie.objects.for_readers().best_known_first(), "review_count", "pk", "search_text")]
    places, end = _read_places(ranked, searched, after, limit)
    found = Movie.objects.for_readers().prefetch_related("tags").in_bulk([pk for _, pk in places])
    return Page([found[pk] for _, pk in places if pk in found], end)


def list_tracks(*, mood: str = "", words: str = "", after: Place | None = None, limit: int) -> Page[Track]:
    """As `list_movies`, for tracks: the most popular first, or those that carry a mood; titles and artists."""
    searched = _read_words(Track, words)
    if mood:
        rows = [TrackTag.objects.drawn(mood, *known) for known in searched.lists]
        ranked = [Ranked(each, "weight", "track_id", "track__search_text") for each in rows]
    else:
        ranked = [Ranked(Track.objects.for_readers().best_known_first(), "popularity", "pk", "search_text")]
    places, end = _read_places(ranked, searched, after, limit)
    found = Track.objects.for_readers().prefetch_related("tags").in_bulk([pk for _, pk in places])
    return Page([found[pk] for _, pk in places if pk in found], end)


def get_movie(movie_id: int) -> Movie:
    """A film with its tags. Raises Movie.DoesNotExist, for one that readers are not shown as well."""
    return Movie.objects.for_readers().prefetch_related("tags").get(pk=movie_id)


def get_track(track_id: int) -> Track:
    """A track with its tags. Raises Track.DoesNotExist, for a hidden one as well."""
    return Track.objects.for_readers().prefetch_related("tags").get(pk=track_id)


def _read_words(model: type[Movie | Track], words: str) -> Words:
    needles = read_needles(words)
    has_index = connection.vendor == "postgresql" and fills_trigrams(needles)
    return Words(needles, has_index, is_rare=has_index and _is_rare(model, needles))


def _read_places(
    lists: Sequence[Ranked], words: Words, after: Place | None, limit: int
) -> tuple[list[Place], Place | None]:
    """The places of a page of several lists that are merged, and its end."""
    found: list[Place] = []
    for ranked in lists:
        own: list[Place] = []
        for part in [ranked] if after is None else ranked.after(after):
            if len(own) <= limit:  # one more than the page tells that there is another
                own += _find(part, words, limit + 1 - len(own))
        found += own
    found.sort(key=lambda place: (-place[0], place[1]))
    page = found[:limit]
    return page, page[-1] if len(found) > limit else None


def _is_rare(model: type[Movie | Track], needles: Sequence[str]) -> bool:
    """Whether so few rows have all the needles that looking them up costs less than looking for them from the top.

    A guess, which never changes what is found.
    """
    has_all = " AND ".join("search_text LIKE %s" for _ in needles)
    sample = _SAMPLE.format(has_all=has_all, table=model._meta.db_table, pages=SAMPLED_PAGES)
    with connection.cursor() as cursor:
        cursor.execute(sample, [f"%{connection.ops.prep_for_like_query(needle)}%" for needle in needles])
        hits, rows = cursor.fetchone()
    return bool(hits * SCANNED_A_RESULT < rows)


def _find(ranked: Ranked, words: Words, count: int) -> list[Place]:
    """The first `count` rows that have all the words, as far as SCANNED_AT_MOST allows where no index helps."""
    columns = (ranked.rank, ranked.item)
    if not words.needles:
        return list(ranked.rows.values_list(*columns)[:count])
    found = [] if words.is_rare else _find_among_highest(ranked, words, count)
    if len(found) < count and words.has_index:
        # Sorted by what no index has: walking the order of the list for a rare word would end at the list's end.
        matching = ranked.rows.order_by((F(ranked.rank) + 0).desc(), ranked.item)
        for needle in words.needles:
            matching = matching.filter(**{f"{ranked.text}__contains": needle})
        found = list(matching.values_list(*columns)[:count])
    return found


def _find_among_highest(ranked: Ranked, words: Words, count: int) -> list[Place]:
    """The first `count` rows that have all the words, of as many from the top as it is worth while to read."""
    far = SCANNED_A_RESULT * count if words.has_index else SCANNED_AT_MOST
    near = min(NEAR_A_RESULT * count, far)
    found: list[Place] = []
    # PostgreSQL makes ready all that it is asked for, however few are taken: so the nearest are asked for alone.
    for start, stop in ((0, near), (near, far)):
        highest = ranked.rows.values_list(ranked.rank, ranked.item, ranked.text)[start:stop]
        # Matched here: a planner that takes a frequent word for a rare one would read this stretch once for every hit.
        hits = (row[:2] for row in highest.iterator() if all(needle in row[2] for needle in words.needles))
        found += islice(hits, count - len(found))
        if len(found) == count:
            break
    return found
