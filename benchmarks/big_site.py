"""A site of any size in PostgreSQL: a few diaries that can be read, and as many others as are wanted beside them.

The measured diaries are real: sealed for their writers, read by the shipped model, answered from this catalogue. Every
other entry is a copy of one of theirs with all that belongs to it (text, analysis, correction, and for one in ANSWERED
what it was answered with), so that rows and indexes have their true sizes; but nobody could open it, since the text is
sealed for the one whom it was copied from. Rows lie in the order in which they would have been written: one person's
entries are scattered over the table. No sessions, reminders, exports and deleted entries are made.
"""

import io
import random
from collections.abc import Callable
from typing import Any

import numpy as np
from allauth.account.models import EmailAddress
from django.db import connection, transaction

from accounts.models import DataKey, User
from benchmarks.big_catalogue import fill_movies, fill_tracks
from benchmarks.big_diary import make_diary
from benchmarks.bulk_load import without_indexes
from catalog.models import Movie, MovieTag, Track, TrackTag
from diary.models import Analysis, ChangeClock, Correction, Entry, Feedback, Recommendation, Tag

DAYS = 730
MOST_ENTRIES = 10_000
ANSWERED = 8  # Every entry has twelve recommendations: of ten million, they alone would fill 27 GB.
# A diary that has grown for long, and ordinary ones: entries, characters of each.
HEAVY = (10_000, 50)
USUAL = ((200, 40), (200, 80), (200, 80), (200, 120), (200, 160), (200, 240), (200, 320), (200, 400))

_CATALOGUE = (Movie, MovieTag, Track, TrackTag)
_DIARIES = (Entry, Analysis, Correction, Recommendation, Feedback, Tag, Entry.tags.through)
_PEOPLE = (User, EmailAddress, DataKey, ChangeClock)

# What the measured people have so far, and, empty again, the tables that their rows go back to among all others.
_SET_ASIDE = """
    CREATE TEMP TABLE own_entry ON COMMIT DROP AS
        SELECT row_number() OVER (ORDER BY id) - 1 AS number, * FROM diary_entry;
    CREATE TEMP TABLE own_analysis ON COMMIT DROP AS TABLE diary_analysis;
    CREATE TEMP TABLE own_correction ON COMMIT DROP AS TABLE diary_correction;
    CREATE TEMP TABLE own_recommendation ON COMMIT DROP AS TABLE diary_recommendation;
    TRUNCATE diary_entry, diary_analysis, diary_correction, diary_recommendation, diary_entry_tags;
    ANALYZE own_entry, own_analysis, own_correction, own_recommendation;
"""
_ADD_PEOPLE = """
    INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email,
        shares_corrections, time_zone)
    SELECT user_id, password, FALSE, FALSE, TRUE, now() - %(days)s * interval '1 day',
        'reader' || user_id || '@example.com', FALSE, time_zone
    FROM other_person, (SELECT * FROM accounts_user ORDER BY id LIMIT 1) AS model;
    INSERT INTO account_emailaddress (email, verified, "primary", user_id)
    SELECT 'reader' || user_id || '@example.com', TRUE, TRUE, user_id FROM other_person;
    INSERT INTO accounts_datakey (wrapped, master_key_id, created_at, user_id)
    SELECT wrapped, master_key_id, created_at, other_person.user_id
    FROM other_person, (SELECT * FROM accounts_datakey ORDER BY id LIMIT 1) AS model;
    INSERT INTO diary_changeclock (user_id, changed_at)
    SELECT id, now() FROM accounts_user;
"""
# `source` is the measured entry that an entry is a copy of: a measured one is its own.
_LAY_OUT = """
    CREATE TEMP TABLE laid ON COMMIT DROP AS
    SELECT row_number() OVER () AS number, ordered.id, ordered.user_id, ordered.created_at, is_own,
        own_entry.id AS source
    FROM (
        SELECT * FROM (
            SELECT md5(user_id || ' ' || place)::uuid AS id, user_id, FALSE AS is_own,
                (hashint8(user_id * 20011 + place) & 2147483647) %% %(sources)s AS source_number,
                now() - random() * %(days)s * interval '1 day' AS created_at
            FROM other_person CROSS JOIN LATERAL generate_series(1, entry_count) AS place
            UNION ALL
            SELECT id, user_id, TRUE, number, created_at FROM own_entry
        ) AS one ORDER BY created_at
    ) AS ordered JOIN own_entry ON own_entry.number = source_number;
    ANALYZE laid;
"""
_ADD_ENTRIES = """
    INSERT INTO diary_entry (id, user_id, text, written_on, status, revision, queued_at, created_at, updated_at,
        changed_at)
    SELECT laid.id, laid.user_id, text, (laid.created_at AT TIME ZONE 'Asia/Seoul')::date, status, 1,
        laid.created_at, laid.created_at, laid.created_at, laid.created_at
    FROM laid JOIN own_entry ON own_entry.id = source;
"""
_ADD_ANALYSES = """
    INSERT INTO diary_analysis (entry_id, label, is_unsure, confidence, scores, sentences, model_version, analyzed_at)
    SELECT id, label, is_unsure, confidence, scores, sentences, model_version, created_at
    FROM laid JOIN own_analysis ON entry_id = source;
    INSERT INTO diary_correction (entry_id, label, corrected_at)
    SELECT id, label, created_at FROM laid JOIN own_correction ON entry_id = source;
"""
_ADD_RECOMMENDATIONS = """
    INSERT INTO diary_recommendation (strategy, position, tag, score, source, created_at, entry_id, movie_id, track_id,
        user_id, is_current)
    SELECT strategy, position, tag, score, shown.source, laid.created_at, laid.id, movie_id, track_id, laid.user_id,
        is_current
    FROM laid JOIN own_recommendation AS shown ON entry_id = laid.source
    WHERE is_own OR laid.number %% %(answered)s = 0;
"""
# A third of the people like a film and a track; who writes often has a tag, on every third entry.
_ADD_TAGS_AND_FEEDBACK = """
    INSERT INTO diary_feedback (user_id, opinion, is_seen, given_at, movie_id, track_id)
    SELECT other_person.user_id, 'like', TRUE, now(), movie_id, track_id
    FROM other_person JOIN (
        SELECT row_number() OVER (PARTITION BY movie_id IS NULL ORDER BY id) AS place, movie_id, track_id
        FROM diary_feedback
    ) AS liked ON liked.place = 1 + other_person.user_id %% 50
    WHERE other_person.user_id %% 3 = 0;
    INSERT INTO diary_tag (user_id, name, digest)
    SELECT other_person.user_id, name, digest
    FROM other_person, (SELECT * FROM diary_tag ORDER BY id LIMIT 1) AS model WHERE entry_count >= 10;
    INSERT INTO diary_entry_tags (entry_id, tag_id)
    SELECT laid.id, tag_id FROM laid
    JOIN (SELECT user_id, min(id) AS tag_id FROM diary_tag GROUP BY user_id) AS tag USING (user_id)
    WHERE number %% 3 = 0;
"""


def fill_site(*, people: int, entries: int, movies: int, tracks: int, tell: Callable[[str], None]) -> None:
    """Fill an empty, migrated PostgreSQL database: `people` with `entries` together, beside the measured diaries.

    What takes long is told as it begins.
    """
    with transaction.atomic():
        tell("films and tracks")
        with without_indexes(*_CATALOGUE):
            fill_movies(first=1, last=movies)
            fill_tracks(first=1, last=tracks)
            tell("their indexes")
        tell("measured diaries")
        measured = make_measured()
        with without_indexes(*_PEOPLE, *_DIARIES):
            _fill_diaries(people=people, entries=entries, first_id=max(measured) + 1, tell=tell)
            tell("indexes and foreign keys of people and entries")


def make_measured() -> list[int]:
    """Ids of the people whose diaries are measured, the heavy one first. The catalogue must be there."""
    sizes = enumerate((HEAVY, *USUAL))
    return [make_diary(*size, email=f"measured{number}@example.com", days=DAYS).pk for number, size in sizes]


def _fill_diaries(*, people: int, entries: int, first_id: int, tell: Callable[[str], None]) -> None:
    values = {"days": DAYS, "answered": ANSWERED, "sources": Entry.objects.count()}
    steps = {
        "people": _ADD_PEOPLE,
        "which entry is whose": _LAY_OUT,
        "entries": _ADD_ENTRIES,
        "analyses": _ADD_ANALYSES,
        "recommendations": _ADD_RECOMMENDATIONS,
        "tags and feedback": _ADD_TAGS_AND_FEEDBACK,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SET_ASIDE)
        cursor.execute("SELECT setseed(0.5)")
        _copy_people(cursor, entry_counts(people, entries), first_id)
        for name, statements in steps.items():
            tell(name)
            cursor.execute(statements, values)


def _copy_people(cursor: Any, counts: list[int], first_id: int) -> None:
    lines = "".join(f"{first_id + place}\t{count}\n" for place, count in enumerate(counts))
    cursor.execute("CREATE TEMP TABLE other_person (user_id bigint, entry_count integer) ON COMMIT DROP")
    cursor.copy_expert("COPY other_person FROM STDIN", io.StringIO(lines))
    cursor.execute("ANALYZE other_person")


def entry_counts(people: int, entries: int) -> list[int]:
    """How many entries each of the people has, `entries` in all: a few have MOST_ENTRIES, most have few, all have one.

    As Zipf's law has it, the n-th busiest person has 1 / n of what the first would have. In no order.
    """
    ranks = np.arange(1, people + 1)
    low, high = 0.0, float(entries)
    for _ in range(60):
        middle = (low + high) / 2
        counts = np.minimum(MOST_ENTRIES, 1 + (middle / ranks).astype(int))
        low, high = (middle, high) if counts.sum() <= entries else (low, middle)
    counts = np.minimum(MOST_ENTRIES, 1 + (low / ranks).astype(int))
    counts[-1] += entries - counts.sum()
    shuffled = counts.tolist()
    random.Random(1).shuffle(shuffled)  # noqa: S311 (the same people every time)
    return shuffled
