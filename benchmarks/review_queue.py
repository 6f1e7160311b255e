"""How long the curators' review queue takes to fill and to give out items, in a big catalogue on PostgreSQL.

Run `python -m benchmarks.review_queue 1000000 1000000`: films, then tracks. PEOPLE made-up readers were shown as many
recommendations as are looked at, of items that recommendations draw from, and dislike some. PostgreSQL is started for
it, in a temporary folder.
"""

import argparse
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
CHUNK = 100_000
REPEATS = 5
PEOPLE = 2_000
ENTRIES = 20_000
TAKEN = 200
# Texts that nobody opens.
_READERS = """
    INSERT INTO accounts_user (id, password, is_superuser, is_staff, is_active, date_joined, email, shares_corrections,
        time_zone)
    SELECT i, '', FALSE, FALSE, TRUE, now(), 'reader' || i || '@example.com', FALSE, ''
    FROM generate_series(1, %(people)s) i;
    INSERT INTO diary_entry (id, user_id, text, written_on, status, revision, queued_at, created_at, updated_at,
        changed_at)
    SELECT gen_random_uuid(), 1 + i %% %(people)s, '', now(), 'analyzed', i, now(), now(), now(), now()
    FROM generate_series(1, %(entries)s) i;
    INSERT INTO diary_analysis (entry_id, label, is_unsure, confidence, scores, sentences, model_version, analyzed_at)
    SELECT id, (ARRAY['joy', 'sadness', 'anger', 'anxiety', 'embarrassment', 'neutral'])[1 + revision %% 6], FALSE,
        0.5, '{}', '[]', '', now()
    FROM diary_entry;
"""
# Each entry was shown six items of the three hundred that are put forward most; a third of the people dislike each.
_SHOWN = """
    INSERT INTO diary_recommendation (entry_id, user_id, strategy, position, {kind}_id, tag, score, source, is_current,
        created_at)
    SELECT entry.id, user_id, 'match', place, ids[1 + (revision * 31 + place * 57) %% 300], 'joy', 1, '', FALSE, now()
    FROM diary_entry AS entry, generate_series(0, 5) AS place,
        (SELECT ARRAY(SELECT {kind}_id FROM catalog_{kind}tag WHERE is_shown AND weight > 0 ORDER BY weight DESC
            LIMIT 300) AS ids) AS put_forward;
    INSERT INTO diary_feedback (user_id, {kind}_id, opinion, is_seen, given_at)
    SELECT user_id, {kind}_id, 'dislike', FALSE, now() FROM diary_recommendation
    WHERE {kind}_id IS NOT NULL AND (user_id * 7 + {kind}_id) %% 3 = 0 GROUP BY user_id, {kind}_id;
"""


def main() -> None:
    """Start PostgreSQL and measure in a process whose settings know it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("sizes", type=int, nargs=2, metavar=("films", "tracks"))
    parser.add_argument("--measure-here", action="store_true")
    options = parser.parse_args()
    if options.measure_here:
        return measure(*options.sizes)
    from tests.services.postgresql import PostgresServer

    server = PostgresServer()
    with tempfile.TemporaryDirectory() as folder:
        try:
            server.start()
            settings = {"HTTPS": "false", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
            command = [sys.executable, "-m", "benchmarks.review_queue", *map(str, options.sizes), "--measure-here"]
            subprocess.run(command, cwd=ROOT, env=os.environ | settings | {"DATABASE_URL": server.url}, check=True)
        finally:
            server.close()
    return None


def measure(films: int, tracks: int) -> None:
    """Fill the database of this process's settings, and print milliseconds."""
    import django

    django.setup()
    _fill(films, tracks)
    from accounts.models import User
    from catalog.curation import candidates, queue
    from catalog.models import ReviewItem
    from diary import dislikes, review_desk

    limit = review_desk.PER_REASON
    print(f"{films} films, {tracks} tracks; the fastest of {REPEATS}, and the first")
    _tell("new", lambda: candidates.new_items(limit))
    _tell("changed since their review", lambda: candidates.changed_items(limit))
    _tell("uncertain", lambda: candidates.uncertain_items(limit))
    _tell("disliked", lambda: dislikes.disliked_items(limit))
    _tell("filling", review_desk.fill_review_queue)
    counts = queue.count_progress(curator=User.objects.get(pk=1)).waiting
    print("waiting:", {reason.value: count for reason, count in counts.items()})
    curators = iter(User.objects.order_by("pk")[: TAKEN + 1])
    seconds = [_seconds(lambda: queue.take(curator=next(curators))) for _ in range(TAKEN)]
    print(f"taking: {1000 * sorted(seconds)[TAKEN // 2]:.1f} ms, the median of {TAKEN} curators")
    in_hand = ReviewItem.objects.exclude(leased_by=None).count()
    print(f"{in_hand} items in {TAKEN} hands")


def _fill(films: int, tracks: int) -> None:
    from django.core.management import call_command
    from django.db import connection

    from benchmarks.big_catalogue import fill_movies, fill_tracks, tidy_database

    call_command("migrate", verbosity=0)
    for fill, size in ((fill_movies, films), (fill_tracks, tracks)):
        for first in range(1, size + 1, CHUNK):
            fill(first=first, last=min(first + CHUNK - 1, size))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE catalog_movie SET added_at = now() WHERE id % 1000 = 7")
        cursor.execute("UPDATE catalog_track SET added_at = now() WHERE id % 1000 = 7")
        cursor.execute(_READERS, {"people": PEOPLE, "entries": ENTRIES})
        for kind in ("movie", "track"):
            cursor.execute(_SHOWN.format(kind=kind), {})
    tidy_database()


def _tell(name: str, work: Callable[[], object]) -> None:
    seconds = [_seconds(work) for _ in range(REPEATS)]
    print(f"{name}: {1000 * min(seconds):.0f} ms, first {1000 * seconds[0]:.0f} ms", flush=True)


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
