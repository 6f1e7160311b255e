"""What recommendations are drawn by is answered by an index alone, so that it costs as much in a million films."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection

from catalog.models import MovieTag, TrackTag
from ml.labels import Emotion, Mood

pytestmark = pytest.mark.django_db(transaction=True)

ITEMS = 20_000


@pytest.fixture
def many(transactional_db: None) -> None:
    """ITEMS films and tracks with a tag each, made and analysed by PostgreSQL itself."""
    if connection.vendor != "postgresql":
        pytest.skip("EXPLAIN and covering indexes are PostgreSQL's: runs with --database=postgresql")
    unit = ["danceability", "energy", "loudness", "speechiness", "acousticness", "instrumentalness", "liveness"]
    features = ", ".join([*unit, "valence", "tempo"])
    values = ", ".join(["0.5"] * 9)
    with connection.cursor() as cursor:
        # The suite's server does not wait for its disk; VACUUM marks as visible only what lies there.
        cursor.execute("SET synchronous_commit = on")
        cursor.execute(
            f"""INSERT INTO catalog_movie (id, external_id, imdb_id, title, title_ko, year, director, director_ko,
                    review_count, is_hidden, is_pinned, has_suicide_theme)
                SELECT n, 'tt' || n, 'tt' || n, 'film', '', 2000, '', '', 9, false, false, false
                FROM generate_series(1, {ITEMS}) n;
            INSERT INTO catalog_movietag (movie_id, emotion, score, source, weight, is_shown, is_well_known)
                SELECT n, (ARRAY['joy', 'sadness'])[1 + n % 2], 2, 'reviews', random(), true, n % 10 = 0
                FROM generate_series(1, {ITEMS}) n;
            INSERT INTO catalog_track (id, spotify_id, title, artist, artist_ko, album, release_date, duration_ms,
                    popularity, is_hidden, is_pinned, key, mode, time_signature, {features})
                SELECT n, n::text, 'song', 'a', '', '', '', 1, 9, false, false, 1, 1, 4, {values}
                FROM generate_series(1, {ITEMS}) n;
            INSERT INTO catalog_tracktag (track_id, mood, score, source, weight, is_shown, is_well_known)
                SELECT n, (ARRAY['calm', 'happy'])[1 + n % 2], 0.5, 'features', random(), true, n % 10 = 0
                FROM generate_series(1, {ITEMS}) n;"""  # noqa: S608 - numbers and names of our own
        )
    with connection.cursor() as cursor:
        cursor.execute("VACUUM (ANALYZE) catalog_movietag")
        cursor.execute("VACUUM (ANALYZE) catalog_tracktag")


def nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for part in plan.get("Plans", []):
        yield from nodes(part)


@pytest.mark.parametrize("is_well_known", [True, False])
@pytest.mark.parametrize(
    ("tags", "tag", "item"), [(MovieTag.objects, Emotion.JOY, "movie_id"), (TrackTag.objects, Mood.CALM, "track_id")]
)
def test_drawn_tags_come_from_the_index_alone(many: None, tags: Any, tag: str, item: str, is_well_known: bool) -> None:
    query = tags.drawn(tag, is_well_known).values_list("weight", item, "score", "source")[:150]
    [explained] = json.loads(query.explain(format="json", analyze=True))
    kinds = {node["Node Type"]: node for node in nodes(explained["Plan"])}
    assert set(kinds) == {"Limit", "Index Only Scan"}
    assert kinds["Index Only Scan"]["Heap Fetches"] == 0
    assert kinds["Index Only Scan"]["Actual Rows"] == 150


@pytest.mark.parametrize("is_well_known", [True, False])
@pytest.mark.parametrize(("tags", "tag"), [(MovieTag.objects, Emotion.JOY), (TrackTag.objects, Mood.CALM)])
def test_drawn_tags_are_found_in_order_by_sqlite(db: None, tags: Any, tag: str, is_well_known: bool) -> None:
    if connection.vendor != "sqlite":
        pytest.skip("EXPLAIN QUERY PLAN is SQLite's: runs without --database=postgresql")
    [step] = tags.drawn(tag, is_well_known)[:150].explain().splitlines()
    assert "SEARCH" in step
    assert "is_well_known=?" in step  # one step: found in the index, and not sorted
