"""The filters of the curators' lists: what each matches, and what none of them takes."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import services
from catalog.admin.filter_form import LABELS
from catalog.curation import writes
from catalog.curation.filters import FILTERS, FilterError, filter_items
from catalog.models import Kind, Movie, MovieTag, Source, Track
from catalog.weights import track_weights
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def films(db: None) -> None:
    """Five films that differ in everything that a filter asks about."""
    rows = [
        movie_row(1, Emotion.JOY, title="Bright", year=1994, review_count=2, rating=9.5),
        movie_row(2, Emotion.SADNESS, title="Grey", title_ko="", year=1999, review_count=3, rating=5.0),
        movie_row(3, Emotion.JOY, title="Red", year=2000, review_count=0, rating=None, source=Source.PLOT),
        movie_row(4, Emotion.ANGER, title="Blue", year=2009, review_count=40, has_suicide_theme=True),
        movie_row(5, Emotion.ANGER, title="Green", year=2010, review_count=41),
    ]
    services.upsert_movies(rows[:3])
    services.upsert_movies(rows[3:], added_at=timezone.now() - timedelta(days=10))
    Movie.objects.filter(tmdb_id=5).update(added_at=timezone.now())
    writes.set_hidden(Movie.objects.filter(tmdb_id=1), is_hidden=True)
    writes.set_pinned(Movie.objects.filter(tmdb_id=2), is_pinned=True)
    writes.approve(list(Movie.objects.filter(tmdb_id=3)))
    [red] = Movie.objects.filter(tmdb_id=3)
    [green] = Movie.objects.filter(tmdb_id=5)
    writes.set_tag([green], Emotion.ANGER, 0.0)  # the model says 2.5
    writes.set_tag([red], Emotion.JOY, 3.0)  # and here it agrees


@pytest.fixture
def tracks(db: None) -> None:
    rows = [
        track_row(1, Mood.CALM, title="밤편지", artist_ko="아이유", release_date="2017", popularity=80),
        track_row(2, Mood.CALM, title="Ditto 디토", release_date="2022-12-19", popularity=70),
        track_row(3, Mood.HAPPY, title="アイドル", release_date="2023-04-12", popularity=60),
        track_row(4, Mood.HAPPY, title="月亮代表我的心", release_date="1977-01-01", popularity=50),
        track_row(5, Mood.HAPPY, title="Yesterday", release_date="", popularity=40),
    ]
    services.upsert_tracks(rows, track_weights(rows))
    [yesterday] = Track.objects.filter(title="Yesterday")
    writes.curate_scores([yesterday], {(yesterday.pk, Mood.HAPPY): 0.1, (yesterday.pk, Mood.SAD): 0.9})


def found(kind: Kind, **query: str) -> set[int]:
    """The numbers that the factories gave to what the filters match."""
    items = filter_items(kind, query)
    if kind == Kind.MOVIE:
        return set(items.values_list("tmdb_id", flat=True))
    return {int(spotify_id) for spotify_id in items.values_list("spotify_id", flat=True)}


FILM_CASES = {
    "": {1, 2, 3, 4, 5},
    "strong=joy": {1, 3},
    "strong=anger": {4},
    "fits=joy": {1, 3},
    "source=plot": {3},
    "source=curated": {3, 5},
    "decade=1990": {1, 2},
    "decade=2000": {3, 4},
    "korean=no": {2},
    "korean=yes": {1, 3, 4, 5},
    "weak=yes": {1},
    "weak=no": {2, 3, 4, 5},
    "hidden=yes": {1},
    "hidden=no": {2, 3, 4, 5},
    "pinned=yes": {2},
    "suicide=yes": {4},
    "reviewed=yes": {3},
    "reviewed=no": {1, 2, 4, 5},
    "disagreement=yes": {5},
    "year_from=2000": {3, 4, 5},
    "year_from=1999&year_to=2000": {2, 3},
    "reviews_from=3&reviews_to=40": {2, 4},
    "rating_from=7.6": {1},
    "rating_to=5": {2},
    "added_days=3": {5},
    "added_days=11": {4, 5},
    "added_from=2020-01-01": {4, 5},
    "added_to=2020-01-01": set(),
    "q=green": {5},
    "strong=joy&hidden=yes": {1},
    "strong=joy&decade=2010": set(),
    "hidden=": {1, 2, 3, 4, 5},
    "o=3&page=2": {1, 2, 3, 4, 5},  # no filters: left aside
}
TRACK_CASES = {
    "script=hangul": {1, 2},
    "script=kana_han": {3, 4},
    "script=other": {5},
    "korean=yes": {1},
    "decade=2020": {2, 3},
    "decade=2010": {1},
    "decade=1970": {4},
    "strong=calm": {1, 2},
    "strong=sad": {5},
    "source=curated": {5},
    "disagreement=yes": {5},
    "popularity_from=60": {1, 2, 3},
    "popularity_from=50&popularity_to=60": {3, 4},
    "q=아이유": {1},
}


def read(address: str) -> dict[str, str]:
    return dict(part.split("=") for part in address.split("&") if part)


@pytest.mark.parametrize(("address", "expected"), FILM_CASES.items())
def test_films_that_filters_match(films: None, address: str, expected: set[int]) -> None:
    assert found(Kind.MOVIE, **read(address)) == expected


@pytest.mark.parametrize(("address", "expected"), TRACK_CASES.items())
def test_tracks_that_filters_match(tracks: None, address: str, expected: set[int]) -> None:
    assert found(Kind.TRACK, **read(address)) == expected


def test_every_filter_has_a_case() -> None:
    for kind, cases in ((Kind.MOVIE, FILM_CASES), (Kind.TRACK, TRACK_CASES | FILM_CASES)):
        tried = {name for address in cases for name in read(address)}
        assert set(FILTERS[kind]) <= tried
        assert set(FILTERS[kind]) <= set(LABELS)


@pytest.mark.parametrize(
    "address",
    [
        *("strong=calm", "fits=wonder", "source=features", "decade=x", "decade=1995", "decade=19900", "korean=maybe"),
        *("hidden=1", "suicide=YES", "weak=ja", "reviewed=?", "disagreement=no", "year_from=-1", "year_to=１９９９"),
        *("year_from=99999999", "rating_from=nan", "rating_to=inf", "rating_from=a", "added_days=-3"),
        *(
            "added_days=9999999",
            "added_from=yesterday",
            "added_to=2026-02-30",
            "added_to=9999-12-31",
            "added_from=0001-01-01",
        ),
    ],
)
def test_values_that_a_filter_does_not_know(address: str) -> None:
    [(name, value)] = read(address).items()
    with pytest.raises(FilterError) as caught:
        filter_items(Kind.MOVIE, {name: value})
    assert (caught.value.name, caught.value.value) == (name, value)


@pytest.mark.parametrize(
    "query",
    [{"script": "latin"}, {"strong": "joy"}, {"source": "reviews"}, {"hidden": ["yes"]}, {"q": "\0"}, {"q": "\ud800"}],
)
def test_values_that_a_filter_of_tracks_does_not_know(query: dict[str, str]) -> None:
    with pytest.raises(FilterError):
        filter_items(Kind.TRACK, query)


def test_days_are_those_of_the_site_whoever_asks(films: None) -> None:
    """A worker has no request and no time zone of anybody."""
    moment = timezone.datetime.fromisoformat("2026-03-01T00:30:00+09:00")
    Movie.objects.filter(tmdb_id=4).update(added_at=moment)
    for zone in ("America/New_York", "Asia/Seoul"):
        with timezone.override(zone):
            assert found(Kind.MOVIE, added_from="2026-03-01", added_to="2026-03-01") == {4}


def test_a_disagreement_ends_with_the_curators_word(films: None) -> None:
    writes.return_to_model(list(Movie.objects.filter(tmdb_id=5)))
    assert found(Kind.MOVIE, disagreement="yes") == set()
    assert set(MovieTag.objects.filter(movie__tmdb_id=5).values_list("source", flat=True)) == {Source.REVIEWS}
    assert len(FEELINGS) == MovieTag.objects.filter(movie__tmdb_id=5).count()
