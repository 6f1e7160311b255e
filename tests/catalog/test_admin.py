"""The curators' lists."""

import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalog import selectors, services
from catalog.admin import MovieAdmin, TrackAdmin, change_list
from catalog.curation import writes
from catalog.models import Movie, MovieTag, Source, Track, TrackTag
from ml.labels import Emotion, Strategy
from tests.factories import log_in, make_user, movie_row

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:catalog_movie_changelist")
TRACKS = reverse("admin:catalog_track_changelist")


@pytest.fixture
def curator(db: None) -> Client:
    return log_in(make_user("curator@example.com", is_staff=True, is_superuser=True))


@pytest.mark.parametrize("url", [MOVIES, TRACKS])
def test_lists_are_for_staff_only(owner_client: Client, client: Client, url: str) -> None:
    for visitor in (owner_client, client):
        response = visitor.get(url)
        assert response.status_code == 302
        assert response.url.startswith((reverse("admin:login"), reverse("account_login")))


def test_movies_are_searched_by_korean_title_and_director(curator: Client, catalogue: None) -> None:
    response = curator.get(MOVIES, {"q": "슬픔 영화 2003"})
    assert "sadness film 2003" in response.text
    assert "sadness film 2004" not in response.text
    assert "sadness film 2004" in curator.get(MOVIES, {"q": "Director 2004"}).text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"strong": "sadness"}, 40),
        ({"korean": "no"}, 0),
        ({"korean": "yes"}, 200),
        ({"source": "curated"}, 0),
        ({"decade": "2010"}, 70),
        ({"e": "1"}, 200),
    ],
)
def test_movies_are_filtered(curator: Client, catalogue: None, query: dict[str, str], expected: int) -> None:
    response = curator.get(MOVIES, query)
    assert response.status_code == 200
    assert response.context["cl"].result_count == expected


def test_tracks_are_searched_and_filtered(curator: Client, catalogue: None) -> None:
    assert "calm song 3001" in curator.get(TRACKS, {"q": "Artist 3001"}).text
    assert curator.get(TRACKS, {"strong": "calm"}).context["cl"].result_count == 40


@pytest.mark.parametrize("url", [MOVIES, TRACKS])
def test_list_query_count(
    curator: Client, catalogue: None, url: str, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    curator.get(url)  # notes that the session is in use
    with django_assert_max_num_queries(7):
        curator.get(url)


def inline_data(item: Movie | Track, name: str, **changes: str) -> dict[str, str]:
    """The form of an item's tags as the browser would send it, the first tag with `changes`."""
    tags = list(item.tags.order_by("pk"))
    data = {"tags-TOTAL_FORMS": str(len(tags)), "tags-INITIAL_FORMS": str(len(tags))}
    for place, tag in enumerate(tags):
        values = {"id": tag.pk, tag._meta.model_name.removesuffix("tag"): item.pk, name: getattr(tag, name)}
        values |= {"score": tag.score} | (changes if place == 0 else {})
        data |= {f"tags-{place}-{field}": str(value) for field, value in values.items()}
    return data


def test_a_changed_tag_becomes_a_curated_one(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.earliest("pk")
    data = {"title": movie.title, "year": movie.year, "title_ko": "새 제목", "imdb_id": movie.imdb_id}
    data |= inline_data(movie, "emotion", score="7.5")
    response = curator.post(reverse("admin:catalog_movie_change", args=[movie.pk]), data)
    assert response.status_code == 302, response.context["errors"]
    movie.refresh_from_db()
    assert movie.title_ko == "새 제목"
    assert list(movie.tags.filter(source=Source.CURATED).values_list("score", flat=True)) == [7.5]
    assert MovieTag.objects.filter(source=Source.CURATED).count() == 1


def test_a_changed_mood_becomes_a_curated_one(curator: Client, catalogue: None) -> None:
    track = Track.objects.earliest("pk")
    data = {field.name: getattr(track, field.name) for field in Track._meta.fields if field.editable}
    del data["is_hidden"]
    data |= inline_data(track, "mood", score="0.99")
    response = curator.post(reverse("admin:catalog_track_change", args=[track.pk]), data)
    assert response.status_code == 302, response.context["errors"]
    assert TrackTag.objects.get(source=Source.CURATED).score == 0.99


def test_weak_films_are_found(curator: Client) -> None:
    services.upsert_movies([movie_row(1, review_count=2), movie_row(2, review_count=3), movie_row(3, review_count=0)])
    found = curator.get(MOVIES, {"weak": "yes"}).context["cl"].queryset
    assert [movie.tmdb_id for movie in found] == [1]


def test_hide_in_the_form_is_felt_at_once(
    curator: Client, catalogue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    [pick] = selectors.movies_for(scores={Emotion.ANGER: 1.0}, strategy=Strategy.MATCH, count=1)
    movie = Movie.objects.get(pk=pick.item_id)
    data = {"title": movie.title, "year": movie.year, "imdb_id": movie.imdb_id, "is_hidden": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        curator.post(reverse("admin:catalog_movie_change", args=[movie.pk]), data | inline_data(movie, "emotion"))
    picks = selectors.movies_for(scores={Emotion.ANGER: 1.0}, strategy=Strategy.MATCH, count=500)
    assert movie.pk not in {pick.item_id for pick in picks}


@pytest.mark.parametrize("model", ["movie", "track"])
def test_items_are_neither_added_nor_deleted_by_hand(curator: Client, catalogue: None, model: str) -> None:
    item = (Movie if model == "movie" else Track).objects.earliest("pk")
    assert curator.get(reverse(f"admin:catalog_{model}_add")).status_code == 403
    assert curator.post(reverse(f"admin:catalog_{model}_delete", args=[item.pk])).status_code == 403


WRONG = [
    *({"title__regex": "("}, {"tags__emotion": "joy"}, {"hidden": "maybe"}, {"decade": "x"}),
    *({"after": "x"}, {"before": "-1"}, {"after": "999999999", "o": "year"}, {"hidden": ["yes", "no"]}),
]


@pytest.mark.parametrize("query", WRONG)
def test_an_address_that_nobody_understands_lists_nothing_and_says_so(
    curator: Client, catalogue: None, query: dict[str, str]
) -> None:
    response = curator.get(MOVIES, query)
    assert response.status_code == 200
    assert response.context["cl"].result_count == 0
    [message] = response.context["messages"]
    is_unknown = not {"title__regex", "tags__emotion"}.isdisjoint(query)
    assert ("조건은 없어요" if is_unknown else "쓸 수 없는 값이에요") in str(message)
    assert "알 수 없는 조건" in response.text


@pytest.mark.parametrize("query", [{"q": "a " * 450}, {"p": "x"}, {"o": "x"}, {"o": "99"}, {"o": "-2.3"}, {"all": ""}])
def test_strange_addresses_that_mean_something(curator: Client, catalogue: None, query: dict[str, str]) -> None:
    response = curator.get(MOVIES, query)
    assert response.status_code == 200
    assert not list(response.context["messages"])


def test_pages_lead_through_the_list_and_back(curator: Client, catalogue: None) -> None:
    sorted_by_year = {"o": "year", "hidden": "no"}
    seen: list[int] = []
    response = curator.get(MOVIES, sorted_by_year)
    for _ in range(4):
        shown = response.context["cl"]
        seen += [movie.pk for movie in shown.result_list]
        response = curator.get(MOVIES + shown.next_page) if shown.next_page else response
    assert seen == list(Movie.objects.order_by("year", "pk").values_list("pk", flat=True))
    back = curator.get(MOVIES + response.context["cl"].previous_page).context["cl"]
    assert [movie.pk for movie in back.result_list] == seen[100:150]


def test_a_long_list_is_not_counted(curator: Client, catalogue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(change_list, "COUNTED", 100)
    assert "100개 이상" in curator.get(MOVIES).text
    assert "40개" in curator.get(MOVIES, {"strong": "joy"}).text


def test_only_what_an_index_sorts_is_sorted(curator: Client, catalogue: None) -> None:
    assert curator.get(MOVIES, {"o": "director_name"}).context["cl"].order == "-pk"
    assert curator.get(MOVIES, {"o": "-review_count"}).context["cl"].order == "-review_count"
    assert "?o=-original_title" in curator.get(MOVIES, {"o": "original_title"}).text
    for admin in (MovieAdmin, TrackAdmin):
        assert set(admin.sortable_by) <= set(admin.list_display)


def test_the_list_says_what_a_curator_needs(curator: Client, catalogue: None) -> None:
    movie = Movie.objects.latest("pk")
    writes.set_hidden(Movie.objects.filter(pk=movie.pk), is_hidden=True)
    writes.set_pinned(Movie.objects.filter(pk=movie.pk), is_pinned=True)
    writes.set_tag([movie], Emotion.JOY, 4.0)
    text = curator.get(MOVIES, {"q": movie.title}).text
    for words in (movie.title_ko, movie.title, str(movie.year), movie.director, "기쁨 ×4.0", "큐레이터", "숨김, 고정"):
        assert words in text


@pytest.mark.parametrize(("url", "words"), [(MOVIES, "슬픔 영화 2003"), (TRACKS, "Artist 3001")])
def test_what_is_typed_is_completed(curator: Client, catalogue: None, url: str, words: str) -> None:
    [result] = curator.get(f"{url}suggest/", {"q": words}).json()["results"]
    assert set(result) == {"id", "text"}
    assert curator.get(f"{url}suggest/", {"q": " "}).json() == {"results": []}
    assert len(curator.get(f"{url}suggest/", {"q": "1"}).json()["results"]) == 10
