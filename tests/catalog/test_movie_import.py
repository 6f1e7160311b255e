"""Films of a large source come in: only what differs is written, and nothing that is known gets lost."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import movie_import, services
from catalog.curation import writes
from catalog.models import Movie, MovieTag, Source
from catalog.movie_import import ImportCounts, import_movies
from catalog.rows import MovieRow
from ml.labels import FEELINGS, Emotion
from tests.factories import movie_row

pytestmark = pytest.mark.django_db


def facts(number: int, **fields: object) -> MovieRow:
    """A film as IMDb's tables tell it: no scores, no TMDB id."""
    return movie_row(number, **({"tmdb_id": None, "lifts": {}, "review_count": 0} | fields))


def scores(film: str) -> dict[str, float]:
    return dict(MovieTag.objects.filter(movie__external_id=film).values_list("emotion", "score"))


def test_import_movies_again_changes_nothing() -> None:
    rows = [movie_row(1), facts(2)]
    assert import_movies(rows) == ImportCounts(added=2)
    before = list(Movie.objects.order_by("pk").values()), list(MovieTag.objects.order_by("pk").values())
    assert import_movies(rows) == ImportCounts(unchanged=2)
    assert before == (list(Movie.objects.order_by("pk").values()), list(MovieTag.objects.order_by("pk").values()))


@pytest.mark.parametrize("change", [{"title": "New"}, {"title_ko": "새 제목"}, {"year": 2001}, {"director": "Other"}])
def test_import_movies_a_changed_fact(change: dict[str, object]) -> None:
    services.upsert_movies([movie_row(1), movie_row(2)])
    assert import_movies([facts(1, **change), facts(2)]) == ImportCounts(changed=1, unchanged=1)
    movie = Movie.objects.get(external_id="tt0000001")
    assert {name: getattr(movie, name) for name in change} == change
    assert (movie.tmdb_id, movie.review_count) == (1, 101)


def test_import_movies_without_scores_keeps_computed_tags() -> None:
    services.upsert_movies([movie_row(1, source=Source.PLOT)])
    before = list(MovieTag.objects.order_by("pk").values("emotion", "score", "source"))
    import_movies([facts(1, title="New")])
    assert list(MovieTag.objects.order_by("pk").values("emotion", "score", "source")) == before


def test_import_movies_a_new_korean_title_lifts_the_weights_of_kept_tags() -> None:
    services.upsert_movies([movie_row(1, title_ko=""), movie_row(2)])
    import_movies([facts(1, title_ko="한국어 제목")])
    alone = movie_row(1, external_id="tt0000009", imdb_id="tt0000009", title_ko="한국어 제목")
    services.upsert_movies([alone])
    weights = [
        dict(MovieTag.objects.filter(movie__external_id=film).values_list("emotion", "weight"))
        for film in ("tt0000001", "tt0000009")
    ]
    assert weights[0] == weights[1]


def test_import_movies_new_scores() -> None:
    services.upsert_movies([movie_row(1)])
    lifts = dict.fromkeys(FEELINGS, 3.0)
    row = movie_row(1, lifts=lifts, review_count=900, source=Source.PLOT)
    assert import_movies([row]) == ImportCounts(changed=1)
    assert scores("tt0000001") == {feeling.value: 3.0 for feeling in FEELINGS}
    assert set(MovieTag.objects.values_list("source", flat=True)) == {Source.PLOT}
    assert Movie.objects.get().review_count == 900
    assert import_movies([row]) == ImportCounts(unchanged=1)


def test_import_movies_curated_hidden_and_pinned_survive() -> None:
    services.upsert_movies([movie_row(1)])
    tag = MovieTag.objects.select_related("movie").get(emotion=Emotion.ANGER)
    tag.score = 9.5
    writes.curate_tag(tag)
    Movie.objects.update(is_hidden=True, is_pinned=True)
    row = movie_row(1, title="New", lifts=dict.fromkeys(FEELINGS, 3.0))
    assert import_movies([row]) == ImportCounts(changed=1)
    assert import_movies([row]) == ImportCounts(unchanged=1)
    tag.refresh_from_db()
    assert (tag.score, tag.source) == (9.5, Source.CURATED)
    assert Movie.objects.get(is_hidden=True, is_pinned=True).title == "New"
    assert scores("tt0000001")["joy"] == 3.0


def test_import_movies_never_empties_a_known_fact() -> None:
    services.upsert_movies([movie_row(1, director_ko="감독")])
    row = facts(1, title_ko="", director="", director_ko="", tmdb_id=None)
    assert import_movies([row]) == ImportCounts(unchanged=1)
    movie = Movie.objects.get()
    assert (movie.title_ko, movie.director, movie.director_ko) == ("기쁨 영화 1", "Director 1", "감독")


def test_import_movies_marks_films_about_suicide_and_never_takes_a_mark_off() -> None:
    services.upsert_movies([movie_row(1), movie_row(2)])
    Movie.objects.filter(external_id="tt0000002").update(has_suicide_theme=True)
    rows = [movie_row(1, has_suicide_theme=True), movie_row(2), movie_row(3, has_suicide_theme=True)]
    assert import_movies(rows) == ImportCounts(added=1, changed=1, unchanged=1)
    assert Movie.objects.filter(has_suicide_theme=True).count() == 3
    assert import_movies(rows) == ImportCounts(unchanged=3)


def test_import_movies_dry_run_counts_and_writes_nothing() -> None:
    services.upsert_movies([movie_row(1), movie_row(2)])
    rows = [facts(1), facts(2, title="New"), facts(3)]
    assert import_movies(rows, is_dry_run=True) == ImportCounts(added=1, changed=1, unchanged=1)
    assert not Movie.objects.filter(title="New").exists()
    assert Movie.objects.count() == 2


def test_import_movies_reports_films_that_the_source_lacks_and_keeps_them() -> None:
    services.upsert_movies([movie_row(1), movie_row(2), movie_row(3, external_id="tmdb:3", imdb_id="")])
    assert import_movies([facts(1)]) == ImportCounts(unchanged=1, absent=["tt0000002"])
    assert Movie.objects.count() == 3


def test_import_movies_leaves_a_film_under_its_tmdb_id_alone() -> None:
    services.upsert_movies([movie_row(1, external_id="tmdb:1")])
    assert import_movies([facts(1, title="New")]) == ImportCounts(under_tmdb_id=1)
    assert Movie.objects.get().title == "joy film 1"


@pytest.mark.django_db(transaction=True)
def test_import_movies_stopped_between_chunks_is_finished_by_another_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(movie_import, "CHUNK", 2)
    rows = [movie_row(number) for number in range(1, 6)]

    def stopped() -> Iterator[MovieRow]:
        yield from rows[:3]
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        import_movies(stopped())
    assert sorted(Movie.objects.values_list("external_id", flat=True)) == ["tt0000001", "tt0000002"]
    assert MovieTag.objects.count() == 2 * len(FEELINGS)
    assert import_movies(rows) == ImportCounts(added=3, unchanged=2)


@pytest.mark.django_db(transaction=True)
def test_import_movies_stopped_inside_a_chunk_leaves_nothing_of_it(monkeypatch: pytest.MonkeyPatch) -> None:
    def write_then_stop(rows: list[MovieRow], **options: Any) -> None:
        services.upsert_movies(rows)
        raise KeyboardInterrupt

    monkeypatch.setattr(movie_import, "upsert_movies", write_then_stop)
    with pytest.raises(KeyboardInterrupt):
        import_movies([movie_row(1)])
    assert not Movie.objects.exists()


def reads_of(rows: list[MovieRow]) -> int:
    with CaptureQueriesContext(
        connection,
    ) as queries:
        import_movies(rows, is_dry_run=True)
    return len(queries)


def test_import_movies_reads_do_not_grow_with_the_films_of_a_chunk() -> None:
    rows = [movie_row(number) for number in range(1, 101)]
    services.upsert_movies(rows)
    assert reads_of(rows[:2]) == reads_of(rows)
    new_titles = [replace(row, title="New") for row in rows]
    assert reads_of(new_titles[:2]) == reads_of(new_titles[2:])


def test_import_movies_nothing() -> None:
    assert import_movies([]) == ImportCounts()
