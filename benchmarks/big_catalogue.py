"""Made-up catalogues of any size, written by the database itself."""

from collections.abc import Iterable, Iterator

from django.core.management import call_command
from django.db import connection, transaction

from catalog.pools import forget_pools
from catalog.search_text import join_search_text
from ml.labels import FEELINGS, Mood

CHUNK = 100_000  # items written by one statement
# Everything is a remainder of the row's number, so that the same size is the same catalogue on every database.
_NUMBERS = "WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
_MOVIES = """
    INSERT INTO catalog_movie (external_id, imdb_id, tmdb_id, title, title_ko, year, director, director_ko,
        review_count, is_hidden, is_pinned, has_suicide_theme, search_text)
    {numbers}
    SELECT 'big' || i, '', i, 'Film ' || i, CASE WHEN i % 3 = 0 THEN '영화 ' || i ELSE '' END, 1990 + i % 36,
        'Director ' || (i / 2), '', CASE WHEN i % 7 = 0 THEN 10 + i % 23 ELSE 1 + i % 9 END,
        i % 50 = 0, FALSE, i % 40 = 1,
        ' film ' || i || CASE WHEN i % 3 = 0 THEN '{film} ' || i ELSE '' END || ' director ' || (i / 2)
    FROM n
"""
_MOVIE_TAGS = """
    INSERT INTO catalog_movietag (movie_id, emotion, score, source, weight, is_shown, is_well_known)
    WITH tag(name, number) AS (VALUES {tags}), scored AS (
        SELECT movie.*, name, 0.6 + ((tmdb_id % 1009 * 7919 + number * 7723) % 1009) / 1009.0 AS lift
        FROM catalog_movie AS movie CROSS JOIN tag
        WHERE tmdb_id BETWEEN {first} AND {last}
    )
    SELECT id, name, lift, 'reviews', CASE WHEN lift > 1 THEN lift - 1 ELSE 0 END, NOT is_hidden, review_count >= 10
    FROM scored
"""
_TRACKS = """
    INSERT INTO catalog_track (spotify_id, title, artist, artist_ko, album, release_date, duration_ms, popularity,
        danceability, energy, key, loudness, mode, speechiness, acousticness, instrumentalness, liveness, valence,
        tempo, time_signature, is_hidden, is_pinned, search_text)
    {numbers}
    SELECT 'big' || i, 'Song ' || i, 'Artist ' || (i / 2), '', '', '', 200000, i % 60, 0.5, 0.5, 0, -6, 1, 0.1, 0.1, 0,
        0.1, 0.5, 100 + i % 60, 4, i % 50 = 0, FALSE, ' song ' || i || ' artist ' || (i / 2)
    FROM n
"""
_TRACK_TAGS = """
    INSERT INTO catalog_tracktag (track_id, mood, score, source, weight, is_shown, is_well_known)
    WITH tag(name, number) AS (VALUES {tags}), scored AS (
        SELECT track.*, name, ((id * 7919 + number * 7723) % 1009) / 1009.0 AS probability
        FROM catalog_track AS track CROSS JOIN tag
        WHERE CAST(SUBSTR(spotify_id, 4) AS integer) BETWEEN {first} AND {last}
    )
    SELECT id, name, probability, 'features', CASE WHEN probability > 0.75 THEN probability ELSE 0 END,
        NOT is_hidden, popularity >= 40
    FROM scored
"""


def fill_catalogue(*, first: int, last: int) -> None:
    """Write films and tracks number `first` to `last`, with a tag for each feeling and mood; none may be there yet."""
    fill_movies(first=first, last=last)
    fill_tracks(first=first, last=last)


def grow_catalogue(sizes: Iterable[int]) -> Iterator[int]:
    """An empty database with as many films and tracks as each size says, one after the other, from small to big."""
    call_command("migrate", verbosity=0)
    filled = 0
    for size in sizes:
        for first in range(filled + 1, size + 1, CHUNK):
            fill_catalogue(first=first, last=min(first + CHUNK - 1, size))
        filled = size
        tidy_database()
        yield size


def fill_movies(*, first: int, last: int) -> None:
    """The films of `fill_catalogue` alone."""
    feelings = ", ".join(f"('{feeling}', {number})" for number, feeling in enumerate(FEELINGS))
    with transaction.atomic(), connection.cursor() as cursor:
        numbers = _NUMBERS.format(first=first, last=last)
        cursor.execute(_MOVIES.format(numbers=numbers, film=join_search_text("영화")))
        cursor.execute(_MOVIE_TAGS.format(tags=feelings, first=first, last=last))
    forget_pools()


def fill_tracks(*, first: int, last: int) -> None:
    """The tracks of `fill_catalogue` alone."""
    moods = ", ".join(f"('{mood}', {number})" for number, mood in enumerate(Mood))
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(_TRACKS.format(numbers=_NUMBERS.format(first=first, last=last)))
        cursor.execute(_TRACK_TAGS.format(tags=moods, first=first, last=last))
    forget_pools()


def tidy_database() -> None:
    """What PostgreSQL's autovacuum and SQLite's own housekeeping do in time. Not inside a transaction."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE" if connection.vendor == "postgresql" else "ANALYZE")
