"""What the catalogue has of each emotion and mood."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qsl

import pytest
from django.core.cache import cache
from django.db.models import QuerySet
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from catalog import services
from catalog.counted import COUNT_SECONDS
from catalog.coverage import Coverage, TagCoverage, movie_coverage, track_coverage
from catalog.curation.filters import filter_items
from catalog.models import Kind, Movie, MovieTag, Source, Track
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


def of_tag(coverage: Coverage, tag: str) -> TagCoverage:
    return next(each for each in coverage.tags if each.tag == tag)


def hide(items: QuerySet[Any]) -> None:
    """Take items out of all recommendations."""
    for item in items:
        item.tags.update(is_shown=False)
    items.model.objects.filter(pk__in=[item.pk for item in items]).update(is_hidden=True)


def add_movies(*fields: Mapping[str, Any]) -> None:
    """Films that are put forward for joy."""
    services.upsert_movies([movie_row(number, Emotion.JOY, **each) for number, each in enumerate(fields, 1)])


def test_films_are_counted_by_source_and_state() -> None:
    add_movies(
        {"year": 1994, "review_count": 2},
        {"year": 1999, "review_count": 3, "title_ko": ""},
        {"year": 2011, "review_count": 0, "source": Source.PLOT},
        {"year": 2013, "review_count": 1},
        {"year": 2014},
    )
    hide(Movie.objects.filter(tmdb_id=4))
    Movie.objects.filter(tmdb_id=5).update(is_pinned=True)
    MovieTag.objects.filter(movie__tmdb_id=5, emotion="joy").update(source=Source.CURATED)
    joy = of_tag(movie_coverage(), "joy")
    assert (joy.shown, joy.hidden, joy.pinned, joy.weak) == (4, 1, 1, 1)
    assert joy.weak_share == 0.25
    assert joy.without_korean_title == 1
    assert joy.by_source == {"reviews": 2, "plot": 1, "curated": 1}
    assert joy.by_decade == {1990: 2, 2010: 2}
    assert of_tag(movie_coverage(), "anger").shown == 0, "a lift below the mean puts nothing forward"


def test_tracks_are_counted_by_source_and_decade() -> None:
    dates = {1: "1991-05-01", 2: "1998", 3: "2020-01-02", 4: "", 5: "1975"}
    rows = [track_row(number, Mood.CALM, release_date=date) for number, date in dates.items()]
    services.upsert_tracks(rows, [{mood: 0.5 * (mood == Mood.CALM) for mood in Mood} for _ in rows])
    hide(Track.objects.filter(spotify_id__endswith="3"))
    calm = of_tag(track_coverage(), "calm")
    assert (calm.shown, calm.hidden, calm.by_source) == (4, 1, {"features": 4})
    assert calm.by_decade == {1990: 2}, "neither what is older nor what has no date"
    assert [tag.tag for tag in track_coverage().tags] == list(Mood)


def test_sparse_corners_come_emptiest_first_with_those_that_have_nothing() -> None:
    add_movies({"year": 1994}, {"year": 1995}, {"year": 2003}, {"year": 2012}, {"year": 2013}, {"year": 1960})
    coverage = movie_coverage()
    assert coverage.decades == [1990, 2000, 2010]
    assert len(coverage.sparse_decades) == 8
    assert {corner.count for corner in coverage.sparse_decades} == {0}
    assert "joy" not in {corner.tag for corner in coverage.sparse_decades}
    assert [(corner.tag, corner.count) for corner in coverage.korean_titles][-1] == ("joy", 6)


def test_every_number_leads_to_as_many_items(catalogue: None) -> None:
    Movie.objects.filter(pk__in=Movie.objects.values("pk")[:30]).update(title_ko="", review_count=2)
    hide(Movie.objects.filter(pk__in=Movie.objects.values("pk")[20:40]))
    Movie.objects.filter(pk__in=Movie.objects.values("pk")[30:60]).update(is_pinned=True)
    hide(Track.objects.filter(pk__in=Track.objects.values("pk")[:7]))
    for kind, coverage in ((Kind.MOVIE, movie_coverage()), (Kind.TRACK, track_coverage())):
        corners = [*coverage.sparse_decades, *(coverage.korean_titles if kind == Kind.MOVIE else [])]
        told = [(corner.query, corner.count) for corner in corners]
        names = ("shown", "hidden", "pinned", "weak", "without_korean_title")[: 5 if kind == Kind.MOVIE else 3]
        told += [(tag.queries[name], getattr(tag, name)) for tag in coverage.tags for name in names]
        found = [(query, filter_items(kind, dict(parse_qsl(query))).count()) for query, _count in told]
        assert found == told
        assert len({count for _query, count in told}) > 1


def test_counts_are_kept_for_some_minutes(
    catalogue: None, django_assert_num_queries: DjangoAssertNumQueries, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = movie_coverage()
    hide(Movie.objects.all())
    with django_assert_num_queries(0):
        assert movie_coverage() == before
    assert abs(before.counted_at - timezone.now()) < timedelta(minutes=5)
    kept: dict[str, Any] = {}
    monkeypatch.setattr(cache, "set", lambda key, value, seconds: kept.update({key: seconds}))
    cache.clear()
    with django_assert_num_queries(1):
        assert of_tag(movie_coverage(), "joy").shown == 0
    assert kept == {"counted:movies": COUNT_SECONDS}


def test_an_empty_catalogue_has_nothing_of_anything() -> None:
    for coverage, names in ((movie_coverage(), FEELINGS), (track_coverage(), Mood)):
        assert [tag.tag for tag in coverage.tags] == list(names)
        assert coverage.most == 0
        assert coverage.decades == coverage.sparse_decades == []
        assert {tag.weak_share for tag in coverage.tags} == {0.0}
