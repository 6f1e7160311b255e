"""The catalogue as lists: their order, their pages, what is found, and what is never shown."""

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalog import listing, services
from catalog.curation import writes
from catalog.listing import Place, list_movies, list_tracks
from catalog.models import Movie, MovieTag, Track
from catalog.weights import track_weights
from ml.labels import Emotion, Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


def all_pages(read: Any, limit: int, **query: Any) -> list[Any]:
    """The items of all pages; none but the last may be short."""
    items: list[Any] = []
    after: Place | None = None
    while True:
        page = read(after=after, limit=limit, **query)
        items += page.items
        if page.end is None:
            return items
        assert len(page.items) == limit
        after = page.end


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_movies_of_an_emotion_strongest_first(catalogue: None, limit: int) -> None:
    movies = all_pages(list_movies, limit, emotion="joy")
    tags = {tag.movie_id: tag for tag in MovieTag.objects.filter(emotion="joy", weight__gt=0)}
    assert sorted(movie.pk for movie in movies) == sorted(tags)
    places = [(-tags[movie.pk].weight, movie.pk) for movie in movies]
    assert places == sorted(places)


@pytest.mark.parametrize("limit", [1, 7, 100])
def test_tracks_of_a_mood_and_without_one(catalogue: None, limit: int) -> None:
    calm = all_pages(list_tracks, limit, mood="calm")
    assert calm
    assert all(track.title.startswith("calm") for track in calm)
    every = all_pages(list_tracks, limit)
    assert len(every) == len({track.pk for track in every}) == Track.objects.count()
    assert all(a.popularity >= b.popularity for a, b in pairwise(every))


def test_well_known_and_other_tags_are_one_list() -> None:
    reviews = [2, 100, 3, 50, 4, 20]  # fewer than MANY_REVIEWS are another pool
    services.upsert_movies([movie_row(number, review_count=count) for number, count in enumerate(reviews, 1)])
    weights = [movie.tags.get(emotion="joy").weight for movie in all_pages(list_movies, 2, emotion="joy")]
    assert weights == sorted(weights, reverse=True)
    assert len(weights) == len(reviews)


def test_equal_ranks_come_once_each() -> None:
    services.upsert_movies([movie_row(number, review_count=3) for number in range(1, 24)])
    movies = all_pages(list_movies, 5)
    assert [movie.pk for movie in movies] == sorted(Movie.objects.values_list("pk", flat=True))


def test_no_double_while_films_come_and_go() -> None:
    services.upsert_movies([movie_row(number, review_count=number) for number in range(1, 31)])
    first = list_movies(limit=10)
    services.upsert_movies([movie_row(number, review_count=number) for number in range(31, 41)])  # before the first
    Movie.objects.filter(pk__in=[first.items[-1].pk, first.items[0].pk]).delete()  # the place itself, say
    hidden = Movie.objects.filter(review_count=15)
    writes.set_hidden(hidden, is_hidden=True)
    rest = all_pages(lambda after, limit: list_movies(after=after or first.end, limit=limit), 10)
    assert [movie.review_count for movie in rest] == [n for n in range(20, 0, -1) if n != 15]


@pytest.mark.parametrize("query", [{}, {"emotion": "joy"}, {"words": "joy"}, {"words": "joy", "emotion": "joy"}])
def test_hidden_and_suicide_themed_never_come(query: dict[str, str]) -> None:
    services.upsert_movies([movie_row(number, has_suicide_theme=number == 2) for number in (1, 2, 3)])
    writes.set_hidden(Movie.objects.filter(external_id="tt0000003"), is_hidden=True)
    assert [movie.external_id for movie in list_movies(limit=10, **query).items] == ["tt0000001"]
    services.upsert_tracks(rows := [track_row(number) for number in range(1, 5)], track_weights(rows))
    writes.set_hidden(Track.objects.exclude(spotify_id=f"{4:022d}"), is_hidden=True)
    assert [track.title for track in list_tracks(limit=10).items] == ["happy song 4"]
    for read, model in ((listing.get_movie, Movie), (listing.get_track, Track)):
        hidden = model.objects.filter(is_hidden=True).earliest("pk")  # type: ignore[attr-defined]
        with pytest.raises(model.DoesNotExist):  # type: ignore[attr-defined]
            read(hidden.pk)
    with pytest.raises(Movie.DoesNotExist):
        listing.get_movie(Movie.objects.get(has_suicide_theme=True).pk)


@pytest.fixture
def few_are_scanned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What takes thousands of films to see: the index answers what the highest rows did not."""
    monkeypatch.setattr(listing, "SCANNED_A_RESULT", 1)


@pytest.fixture
def two_films(db: None) -> None:
    services.upsert_movies(
        [
            movie_row(1, title="Parasite", title_ko="기생충", director="Bong Joon Ho", director_ko="봉준호"),
            movie_row(2, Emotion.ANGER, title="100% Love_Story", title_ko="백프로 첫사랑", director="Amélie X"),
            *(movie_row(number, Emotion.SADNESS, title="Other", title_ko="다른 영화") for number in range(3, 40)),
        ]
    )


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("기생충", ["Parasite"]),
        ("기생", ["Parasite"]),
        ("parasite 봉준", ["Parasite"]),
        ("사랑", ["100% Love_Story"]),
        ("amelie", ["100% Love_Story"]),
        ("00%", ["100% Love_Story"]),
        ("0%", []),
        ("%", []),  # short: where words begin
        ("e_s", ["100% Love_Story"]),
        ("_", []),
        ("lov%story", []),
        ("love\\_", []),
        ("parasite love", []),
    ],
)
@pytest.mark.parametrize("emotion", ["", "joy", "anger"])
def test_search(few_are_scanned: None, two_films: None, words: str, expected: list[str], emotion: str) -> None:
    found = [movie.title for movie in all_pages(list_movies, 1, words=words, emotion=emotion)]
    if emotion:
        expected = [title for title in expected if (title == "Parasite") == (emotion == "joy")]
    assert found == expected


def test_search_pages_hold_every_hit(few_are_scanned: None, two_films: None) -> None:
    assert len(all_pages(list_movies, 4, words="다른 oth")) == 37
    assert len(all_pages(list_movies, 4, words="다른 oth", emotion="sadness")) == 37


@pytest.mark.postgresql_only
@pytest.mark.parametrize("emotion", ["", "sadness"])
def test_search_by_the_top_and_by_the_index_finds_the_same(
    two_films: None, monkeypatch: pytest.MonkeyPatch, emotion: str
) -> None:
    pages = []
    for is_rare in (False, True):
        monkeypatch.setattr(listing, "_is_rare", lambda _model, _needles, is_rare=is_rare: is_rare)
        pages.append([movie.pk for movie in all_pages(list_movies, 4, words="다른 oth", emotion=emotion)])
    assert pages[0] == pages[1]
    assert len(pages[0]) == 37


@pytest.mark.postgresql_only
def test_a_sample_tells_rare_words_from_frequent_ones(two_films: None, monkeypatch: pytest.MonkeyPatch) -> None:
    # The whole table: what earlier tests rolled back still fills pages, and a few of those may hold no row at all.
    monkeypatch.setattr(listing, "SAMPLED_PAGES", 1_000_000)
    Movie.objects.bulk_create(
        Movie(external_id=f"more{number}", title="More", year=2000, search_text=" more") for number in range(500)
    )
    assert listing._is_rare(Movie, ["parasite"])
    assert listing._is_rare(Movie, ["more", "parasite"])
    assert listing._is_rare(Movie, ["100%"])
    assert not listing._is_rare(Movie, [" more"])


def test_search_follows_what_a_curator_and_an_import_change(two_films: None) -> None:
    movie = Movie.objects.get(title="Parasite")
    movie.title_ko = "지하실"
    writes.save_item(movie)
    assert [found.title for found in list_movies(words="지하실", limit=5).items] == ["Parasite"]
    assert list_movies(words="기생충", limit=5).items == []
    services.upsert_movies([movie_row(1, title="Basement", title_ko="반지하")])
    for words in ("basement", "지하실"):  # the import's title, and the curator's
        assert [found.title for found in list_movies(words=words, limit=5).items] == ["Basement"]
    assert list_movies(words="반지하", limit=5).items == []
    rows = [track_row(1, title="밤편지", artist="IU", artist_ko="아이유")]
    services.upsert_tracks(rows, track_weights(rows))
    for words in ("밤편지", "iu", "아이유 밤편"):
        assert [found.title for found in list_tracks(words=words, limit=5).items] == ["밤편지"]


def test_search_without_an_index_is_bounded(two_films: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "SCANNED_AT_MOST", 10)
    Movie.objects.filter(title="Other").update(review_count=500, search_text=" ---")
    Movie.objects.filter(title="Parasite").update(search_text=" --- parasite")
    # Of punctuation alone: no database has an index for it, and the ten best known are looked through.
    assert {movie.title for movie in list_movies(words="---", limit=50).items} == {"Other"}
    found = list_movies(words="parasite", limit=5).items
    assert [movie.title for movie in found] == (["Parasite"] if connection.vendor == "postgresql" else [])


@pytest.mark.parametrize("query", [{}, {"emotion": "joy"}, {"words": "film"}, {"words": "film", "emotion": "joy"}])
def test_query_count_is_the_same_for_any_page(catalogue: None, query: dict[str, str]) -> None:
    first = list_movies(limit=1, **query)
    counts = []
    for limit in (5, 30):
        with CaptureQueriesContext(
            connection,
        ) as queries:
            page = list_movies(limit=limit, after=first.end, **query)
            assert all(list(movie.tags.all()) for movie in page.items)
        counts.append(len(queries))
    assert counts[0] >= counts[1]  # a longer page may need the second stretch of a list as well
    assert max(counts) <= 10


@pytest.fixture
def newest_again() -> Iterator[None]:
    yield
    call_command("migrate", verbosity=0)


@pytest.mark.django_db(transaction=True)
def test_migration_makes_what_is_there_searchable(newest_again: None) -> None:
    services.upsert_movies([movie_row(1, title="Parasite", title_ko="기생충")])
    rows = [track_row(1, Mood.CALM, title="밤편지")]
    services.upsert_tracks(rows, track_weights(rows))
    made = [Movie.objects.get().search_text, Track.objects.get().search_text]
    call_command("migrate", "catalog", "0005_artist_ko", verbosity=0)
    call_command("migrate", verbosity=0)
    assert [Movie.objects.get().search_text, Track.objects.get().search_text] == made
    assert [movie.title for movie in list_movies(words="기생충", limit=5).items] == ["Parasite"]


@pytest.mark.postgresql_only
def test_rare_words_are_looked_up_in_the_index_of_trigrams(catalogue: None) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for word in ("기쁨", "joy", "가"):
            needle = listing.read_needles(word)[0]
            cursor.execute("EXPLAIN SELECT id FROM catalog_movie WHERE search_text LIKE %s", [f"%{needle}%"])
            assert "movie_search_trigrams" in "".join(line for (line,) in cursor.fetchall())
