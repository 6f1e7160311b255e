"""How long the model desk takes to count what each version has read and how often people agree, on PostgreSQL.

Run `python -m benchmarks.model_usage --entries 1000000`. A tenth of the made-up entries, of a hundred to a person, is
corrected or confirmed. The desk counts once in ten minutes; *kept* is what everybody else waits for.
"""

import argparse
import os
import time

REPEATS = 3
# Of the size that a diary of six sentences has.
SENTENCE = '{"start": 0, "end": 40, "scores": {"joy": 0.1, "sadness": 0.5, "anger": 0.1, "anxiety": 0.1}}'
SENTENCES = "[" + ", ".join([SENTENCE] * 6) + "]"
FILL = (
    """
    INSERT INTO accounts_user (id, password, is_superuser, email, is_staff, is_active, date_joined, shares_corrections,
        time_zone)
    SELECT person, '', false, person || '@example.com', false, true, now(), false, 'Asia/Seoul'
    FROM generate_series(1, %(people)s) AS person
    """,
    """
    INSERT INTO diary_entry (id, user_id, text, written_on, status, revision, queued_at, created_at, updated_at,
        changed_at)
    SELECT lpad(to_hex(number), 32, '0')::uuid, 1 + number %% %(people)s, '', DATE '2026-01-01' + number %% 300,
        'analyzed', 1, now(), now(), now(), now()
    FROM generate_series(1, %(entries)s) AS number
    """,
    """
    INSERT INTO diary_analysis (entry_id, label, is_unsure, confidence, scores, sentences, model_version, analyzed_at)
    SELECT id, 'sadness', false, 0.5, '{"joy": 0.1, "sadness": 0.5}'::jsonb, %(sentences)s::jsonb,
        'compact-' || revision + (random() * 3)::int, now()
    FROM diary_entry
    """,
    """
    INSERT INTO diary_correction (entry_id, label, corrected_at)
    SELECT id, CASE WHEN random() < 0.7 THEN 'sadness' ELSE 'joy' END, now() FROM diary_entry WHERE random() < 0.1
    """,
)


def main() -> None:
    """Fill a PostgreSQL of its own and print the fastest times."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--entries", type=int, default=1_000_000)
    entries = parser.parse_args().entries
    from tests.services.postgresql import PostgresServer

    server = PostgresServer(settings=("shared_buffers=256MB",))
    server.start()
    try:
        os.environ |= {"DATABASE_URL": server.url, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
        counted, kept = _measure(entries)
    finally:
        server.close()
    print(f"| entries | counted, ms | kept, ms |\n|---|---|---|\n| {entries:,} | {counted:,.0f} | {kept:.2f} |")


def _measure(entries: int) -> tuple[float, float]:
    """Milliseconds to count, and to be told what was counted before."""
    import django

    django.setup()
    from django.core.cache import cache
    from django.core.management import call_command
    from django.db import connection

    from diary.model_usage import get_usage

    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        for statement in FILL:
            cursor.execute(statement, {"entries": entries, "people": entries // 100, "sentences": SENTENCES})
        cursor.execute("VACUUM ANALYZE")
    times: dict[bool, list[float]] = {True: [], False: []}
    for is_kept in (False, True) * REPEATS:
        if not is_kept:
            cache.clear()
        started = time.perf_counter()
        get_usage()
        times[is_kept].append((time.perf_counter() - started) * 1000)
    return min(times[False]), min(times[True])


if __name__ == "__main__":
    main()
