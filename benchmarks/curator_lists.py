"""How long each page of the curators' lists takes in a catalogue of a million films and as many tracks, on PostgreSQL.

Run `python -m benchmarks.curator_lists [FILMS] [TRACKS]`. A page is asked for by Django's test client as a curator.
The catalogue is made up; PostgreSQL is started for it in a temporary folder, unless DATABASE_URL names one: an empty
database is filled, one that has films is measured as it is.
"""

import argparse
import os
import re
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from itertools import combinations
from typing import Any
from urllib.parse import urlencode

FOUND = re.compile(r"<span>(\d+개(?: 이상)?)</span>")
REPEATS = 20
CHUNK = 250_000
# What little there is of each in a catalogue: every so many-th item.
RARITIES = (
    "UPDATE catalog_movie SET is_pinned = TRUE WHERE tmdb_id % 5000 = 7",
    "UPDATE catalog_movie SET reviewed_at = now() WHERE tmdb_id % 400 = 3",
    "UPDATE catalog_movie SET added_at = now() - tmdb_id % 90 * interval '1 day' WHERE tmdb_id % 50 = 9",
    "UPDATE catalog_movie SET rating = 1 + tmdb_id % 89 / 10.0",
    "UPDATE catalog_movietag SET source = 'plot' WHERE movie_id % 300 = 5",
    "UPDATE catalog_movietag SET source = 'curated', model_score = 2 - score, model_source = 'reviews' "
    "WHERE movie_id % 500 = 4 AND emotion = 'joy'",
    "UPDATE catalog_track SET is_pinned = TRUE WHERE id % 5000 = 7",
    "UPDATE catalog_track SET reviewed_at = now() WHERE id % 400 = 3",
    "UPDATE catalog_track SET added_at = now() - id % 90 * interval '1 day' WHERE id % 50 = 9",
    "UPDATE catalog_track SET title = '노래 ' || id WHERE id % 40 = 1",
    "UPDATE catalog_track SET title = 'うた ' || id WHERE id % 200 = 2",
    "UPDATE catalog_track SET artist_ko = '가수' WHERE id % 3 > 0",
    "UPDATE catalog_track SET release_date = (1960 + id % 66) || '-01-02'",
    "UPDATE catalog_tracktag SET source = 'curated', model_score = 1 - score, model_source = 'features' "
    "WHERE track_id % 500 = 4 AND mood = 'calm'",
)
BOTH = {
    "fits": "",
    "disagreement": "yes",
    "reviewed": "yes",
    "hidden": "yes",
    "pinned": "yes",
    "added_days": "30",
}
FILMS = BOTH | {
    "strong": "joy",
    "fits": "joy",
    "source": "plot",
    "decade": "1990",
    "korean": "no",
    "weak": "yes",
    "suicide": "yes",
    "year_from": "2024",
    "reviews_from": "30",
    "rating_from": "9.7",
}
TRACKS = BOTH | {
    "strong": "calm",
    "fits": "calm",
    "source": "curated",
    "decade": "1990",
    "script": "kana_han",
    "korean": "no",
    "popularity_from": "59",
}
# Pairs of these are the hard ones: what matches both is rare, or there is none.
RARE = ("source", "suicide", "hidden", "pinned", "reviewed", "disagreement", "script", "weak")
COMMON = ({"reviewed": "no"}, {"hidden": "no"}, {"weak": "no"}, {"korean": "yes"}, {"script": "other"})


def fill(films: int, tracks: int) -> None:
    """A made-up catalogue with a little of everything."""
    from django.db import connection, transaction

    from benchmarks.big_catalogue import fill_movies, fill_tracks, tidy_database
    from benchmarks.bulk_load import without_indexes
    from catalog.models import Movie, MovieTag, Track, TrackTag

    with transaction.atomic(), without_indexes(MovieTag, TrackTag, Movie, Track):
        for write, size in ((fill_movies, films), (fill_tracks, tracks)):
            for first in range(1, size + 1, CHUNK):
                write(first=first, last=min(first + CHUNK - 1, size))
        with connection.cursor() as cursor:
            for statement in RARITIES:
                cursor.execute(statement)
    tidy_database()


def pages(filters: dict[str, str], columns: Sequence[str], number: int) -> Iterator[tuple[str, dict[str, str]]]:
    """Each page by a name: the first ones of filters and pairs, searches, sorted columns."""
    yield "no filter", {}
    for name, value in filters.items():
        yield f"{name}={value}", {name: value}
    for one in COMMON:
        if set(one) <= set(filters):
            yield urlencode(one), one
    for first, second in combinations([name for name in RARE if name in filters], 2):
        yield f"{first} and {second}", {first: filters[first], second: filters[second]}
    rare = str(number // 2 // 21 * 21)
    word = "film" if "weak" in filters else "song"
    for name, words in (("rare", rare), ("common", word), ("none", "nowhere"), ("both", f"{word} {rare}")):
        yield f"search, {name}", {"q": words}
    yield "search, common, and pinned", {"q": word, "pinned": "yes"}
    for column in columns:
        for direction in ("", "-"):
            order = {"o": f"{direction}{column}"}
            yield f"by {direction}{column}", order
            yield f"by {direction}{column}, strong", order | {"strong": filters["strong"]}
            yield f"by {direction}{column}, hidden", order | {"hidden": "yes"}
            yield f"by {direction}{column}, reviewed and hidden", order | {"hidden": "yes", "reviewed": "yes"}
            yield f"by {direction}{column}, search, common", order | {"q": word}
            yield f"by {direction}{column}, search, rare", order | {"q": rare}


def measure(client: Any, url: str, query: dict[str, str]) -> list[float]:
    """Milliseconds of REPEATS requests, from the fastest to the slowest, after one that warms up."""
    times = []
    for repeat in range(REPEATS + 1):
        started = time.perf_counter()
        response = client.get(url, query)
        took = (time.perf_counter() - started) * 1000
        if response.status_code != 200:
            sys.exit(f"{url}?{urlencode(query)}: {response.status_code}")
        if repeat:
            times.append(took)
    return sorted(times)


def print_lists() -> None:
    """A table for films and one for tracks."""
    from django.test import Client
    from django.urls import reverse

    from accounts.models import User
    from catalog.admin import MovieAdmin, TrackAdmin

    rights = {"is_staff": True, "is_superuser": True}
    user, _ = User.objects.get_or_create(email="curator@example.com", defaults=rights)
    client = Client(headers={"accept-language": "ko"})
    client.force_login(user)
    for admin, filters in ((MovieAdmin, FILMS), (TrackAdmin, TRACKS)):
        model = admin.kind.model
        url = reverse(f"admin:catalog_{admin.kind}_changelist")
        size = model._default_manager.count()
        last = model._default_manager.order_by("pk")[100].pk
        print(f"\n| {size:,} {admin.kind}s | found | fastest, ms | p50 | p99 |\n|---|---|---|---|---|")
        by_first = {"o": admin.sortable_by[0]}
        middle = model._default_manager.order_by("pk").filter(pk__gt=last + size // 2)[0].pk
        deep = [("last page", {"after": str(last)}), ("deep, sorted", by_first | {"after": str(middle)})]
        for name, query in [*pages(filters, admin.sortable_by, size), *deep]:
            times = measure(client, url, query)
            found = FOUND.search(client.get(url, query).content.decode())
            cells = (times[0], times[len(times) // 2], times[-1])
            said = [name, found[1] if found else "?", *(f"{cell:.0f}" for cell in cells)]
            print(f"| {' | '.join(said)} |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("films", type=int, nargs="?", default=1_000_000)
    parser.add_argument("tracks", type=int, nargs="?", default=1_000_000)
    options = parser.parse_args()
    from tests.services.postgresql import PostgresServer

    server = None if os.environ.get("DATABASE_URL") else PostgresServer()
    with tempfile.TemporaryDirectory() as folder:
        try:
            if server:
                server.start()
                os.environ["DATABASE_URL"] = server.url
            os.environ |= {"HTTPS": "false", "VAR_DIR": folder, "DJANGO_SETTINGS_MODULE": "moduhyu.settings"}
            os.environ["ALLOWED_HOSTS"] = "testserver"
            import django

            django.setup()
            from django.core.management import call_command

            from catalog.models import Movie

            call_command("collectstatic", verbosity=0, interactive=False)
            call_command("migrate", verbosity=0)
            if not Movie.objects.exists():
                fill(options.films, options.tracks)
            print_lists()
        finally:
            if server:
                server.close()


if __name__ == "__main__":
    main()
