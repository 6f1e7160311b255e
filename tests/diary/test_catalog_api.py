"""The catalogue through the API: lists, searches, items, shelves, and what a person says of them."""

import base64
import json
import unicodedata
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from catalog import services
from catalog.curation import writes
from catalog.models import Movie, Track
from catalog.weights import track_weights
from diary.browse import browse
from diary.models import Entry, Feedback
from diary.services import create_entry
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import SAD, make_entry, movie_row, track_row

pytestmark = pytest.mark.django_db

MOVIES, TRACKS, BROWSE = "/api/v1/movies/", "/api/v1/tracks/", "/api/v1/browse/"
NOTHING_SAID = {"opinion": None, "is_seen": False}


@pytest.fixture
def parasite(db: None) -> Movie:
    """A film among others, with its Korean title."""
    services.upsert_movies(
        [
            movie_row(
                1, Emotion.ANGER, title="Parasite", title_ko="기생충", director="Bong Joon Ho", director_ko="봉준호"
            ),
            movie_row(2, title="100% Love_Story", title_ko=""),
            movie_row(3, title="1000 Lovers", title_ko="첫사랑"),
        ]
    )
    return Movie.objects.get(title="Parasite")


def titles(api: APIClient, path: str = MOVIES, **query: Any) -> list[str]:
    answer = api.get(path, query)
    assert answer.status_code == 200, answer.content
    return [item["title"] for item in answer.json()["results"]]


def all_items(api: APIClient, path: str, **query: Any) -> list[dict[str, Any]]:
    """What all pages hold, followed by `next`."""
    answer = api.get(path, query).json()
    items: list[dict[str, Any]] = answer["results"]
    while answer["next"]:
        answer = api.get(answer["next"]).json()
        items += answer["results"]
    return items


def test_movie_tells_its_tags_link_and_feedback(owner: User, owner_api: APIClient, parasite: Movie) -> None:
    Feedback.objects.create(user=owner, movie=parasite, opinion="like", is_seen=True)
    movie = owner_api.get(f"{MOVIES}{parasite.pk}/").json()
    assert (movie["id"], movie["title_ko"], movie["director_ko"]) == (parasite.pk, "기생충", "봉준호")
    assert movie["url"] == "https://www.imdb.com/title/tt0000001/"
    assert movie["tags"][0] == {"emotion": "anger", "lift": 2.5, "source": "reviews"}
    assert [tag["emotion"] for tag in movie["tags"]] == ["anger", *sorted(set(FEELINGS) - {"anger"})]
    assert movie["feedback"] == {"opinion": "like", "is_seen": True}
    assert owner_api.get(MOVIES, {"q": "기생충"}).json() == {"next": None, "results": [movie]}


def test_track_tells_its_moods_and_link(owner_api: APIClient) -> None:
    rows = [track_row(number, Mood.CALM, title=f"밤편지 {number}", artist_ko="아이유") for number in range(1, 5)]
    services.upsert_tracks(rows, track_weights(rows))
    found = owner_api.get(TRACKS, {"q": "밤편지 4 아이유"}).json()["results"]
    assert [track["title"] for track in found] == ["밤편지 4"]
    assert found[0]["url"] == f"https://open.spotify.com/track/{4:022d}"
    assert found[0]["tags"][0] == {"mood": "calm", "probability": 0.85, "source": "features"}
    assert found[0]["feedback"] == NOTHING_SAID
    assert owner_api.get(f"{TRACKS}{found[0]['id']}/").json() == found[0]


@pytest.mark.parametrize(
    ("path", "query"),
    [(MOVIES, {}), (MOVIES, {"emotion": "joy"}), (MOVIES, {"q": "film"}), (TRACKS, {}), (TRACKS, {"mood": "calm"})],
)
def test_list_pages_hold_everything_once(
    owner_api: APIClient, catalogue: None, path: str, query: dict[str, str]
) -> None:
    whole = [item["id"] for item in all_items(owner_api, path, page_size=100, **query)]
    assert whole == [item["id"] for item in all_items(owner_api, path, page_size=7, **query)]
    assert len(whole) == len(set(whole)) > 20
    assert len(owner_api.get(path, query).json()["results"]) == 20


def test_list_of_an_emotion_is_strongest_first(owner_api: APIClient, catalogue: None) -> None:
    movies = all_items(owner_api, MOVIES, emotion="sadness", page_size=9)
    assert {movie["tags"][0]["emotion"] for movie in movies} == {"sadness"}
    weights = [Movie.objects.get(pk=movie["id"]).tags.get(emotion="sadness").weight for movie in movies]
    assert weights == sorted(weights, reverse=True)


def test_list_no_double_while_items_come_and_go(owner_api: APIClient) -> None:
    services.upsert_movies([movie_row(number) for number in range(1, 31)])
    first = owner_api.get(MOVIES, {"page_size": 10}).json()
    services.upsert_movies([movie_row(number) for number in range(31, 51)])
    writes.set_hidden(Movie.objects.filter(pk=first["results"][-1]["id"]), is_hidden=True)
    rest = owner_api.get(first["next"]).json()
    rest_ids = [movie["id"] for movie in rest["results"] + all_items(owner_api, rest["next"])]
    assert len(rest_ids) == 20
    assert not {movie["id"] for movie in first["results"]} & set(rest_ids)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("기생충", ["Parasite"]),
        (unicodedata.normalize("NFD", "기생충"), ["Parasite"]),
        ("봉준호 PARA", ["Parasite"]),
        ("00%", ["100% Love_Story"]),
        ("e_s", ["100% Love_Story"]),
        ("lov%", []),
        ("사랑", ["1000 Lovers"]),
        ("기생충 사랑", []),
        ("  ", ["1000 Lovers", "100% Love_Story", "Parasite"]),
        ("'; DROP TABLE catalog_movie; --", []),
    ],
)
def test_search(owner_api: APIClient, parasite: Movie, words: str, expected: list[str]) -> None:
    assert titles(owner_api, q=words) == expected
    joyful = [title for title in expected if title != "Parasite"]
    assert sorted(titles(owner_api, q=words, emotion="joy")) == sorted(joyful)


@pytest.mark.parametrize(
    ("path", "query", "pointer"),
    [
        (MOVIES, {"emotion": "neutral"}, "/emotion"),  # no film is tagged so
        (MOVIES, {"emotion": ""}, "/emotion"),
        (TRACKS, {"mood": "joy"}, "/mood"),
        (MOVIES, {"page_size": "0"}, "/page_size"),
        (MOVIES, {"page_size": "101"}, "/page_size"),
        (TRACKS, {"page_size": "many"}, "/page_size"),
        (TRACKS, {"q": "가" * 101}, "/q"),
        (MOVIES, {"q": "기\x00생충"}, "/q"),
        (MOVIES, {"mood": "calm"}, "/mood"),
        (TRACKS, {"emotions": "joy"}, "/emotions"),
        (BROWSE, {"day": "2026-11-01"}, "/day"),
        (MOVIES, {"cursor": ""}, "/cursor"),
    ],
)
def test_list_bad_query_points_at_it(owner_api: APIClient, path: str, query: dict[str, str], pointer: str) -> None:
    answer = owner_api.get(path, query)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]


def cursor(content: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(content).encode()).decode()


@pytest.mark.parametrize(
    "value",
    [
        "garbage",
        "한글",
        cursor([1]),
        cursor([1, 2, 3]),
        cursor(["1", 2]),
        cursor([None, 1]),
        cursor([1, 2.5]),
        cursor([1, -1]),
        cursor([1, 2**63]),
        cursor([1, True]),
        cursor([10**400, 1]),
        cursor([float("nan"), 1]),
        cursor([float("inf"), 1]),
        cursor({"1": 2, "3": 4}),
        base64.urlsafe_b64encode(b"[" * 50_000).decode(),
    ],
)
def test_list_strange_cursor_answers_400(owner_api: APIClient, parasite: Movie, value: str) -> None:
    answer = owner_api.get(MOVIES, {"cursor": value})
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/cursor"]


@pytest.mark.parametrize("place", [[10**30, 1], [-(10**30), 1], [0.5, 0], [3, 2**63 - 1], [1e300, 1]])
@pytest.mark.parametrize("query", [{}, {"emotion": "joy"}, {"q": "love"}])
def test_list_far_away_cursor_is_a_page(
    owner_api: APIClient, parasite: Movie, place: list[float], query: dict[str, str]
) -> None:
    assert owner_api.get(MOVIES, {**query, "cursor": cursor(place)}).status_code == 200


def test_hidden_and_suicide_themed_are_nowhere(owner_api: APIClient, catalogue: None, parasite: Movie) -> None:
    writes.set_hidden(Movie.objects.filter(pk=parasite.pk), is_hidden=True)
    themed = Movie.objects.get(title="1000 Lovers")
    themed.has_suicide_theme = True
    writes.save_item(themed)
    track = Track.objects.earliest("pk")
    writes.set_hidden(Track.objects.filter(pk=track.pk), is_hidden=True)
    assert (
        titles(owner_api, q="기생충")
        == titles(owner_api, q="첫사랑")
        == titles(owner_api, TRACKS, q=track.title)
        == []
    )
    for url in (f"{MOVIES}{parasite.pk}/", f"{MOVIES}{themed.pk}/", f"{TRACKS}{track.pk}/"):
        assert owner_api.get(url).status_code == 404
        assert owner_api.put(f"{url}feedback/", {"opinion": "like", "is_seen": True}, format="json").status_code == 404
        assert owner_api.delete(f"{url}feedback/").status_code == 404
    assert not Feedback.objects.exists()


@pytest.mark.parametrize("number", [0, 10**6, 10**30])
@pytest.mark.parametrize("path", [MOVIES, TRACKS])
def test_item_that_is_none(owner_api: APIClient, parasite: Movie, path: str, number: int) -> None:
    answer = owner_api.get(f"{path}{number}/")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


@pytest.mark.parametrize("kind", ["movies", "tracks"])
def test_feedback_is_given_replaced_and_taken_back(
    owner: User, owner_api: APIClient, outsider_api: APIClient, catalogue: None, kind: str
) -> None:
    url = f"/api/v1/{kind}/{(Movie if kind == 'movies' else Track).objects.earliest('pk').pk}/"
    for body in ({"opinion": "like", "is_seen": True}, {"opinion": None, "is_seen": True}):
        for _ in range(2):
            answer = owner_api.put(f"{url}feedback/", body, format="json")
            assert (answer.status_code, answer.json()) == (200, body)
        assert owner_api.get(url).json()["feedback"] == body
    assert list(Feedback.objects.values_list("user", "opinion", "is_seen")) == [(owner.pk, "", True)]
    assert outsider_api.get(url).json()["feedback"] == NOTHING_SAID
    for _ in range(2):
        assert owner_api.delete(f"{url}feedback/").status_code == 204
        assert not Feedback.objects.exists()
    owner_api.put(f"{url}feedback/", {"opinion": "dislike", "is_seen": False}, format="json")
    owner_api.put(f"{url}feedback/", NOTHING_SAID, format="json")
    assert not Feedback.objects.exists()


@pytest.mark.parametrize(
    ("body", "pointer"),
    [
        ({"opinion": "love", "is_seen": False}, "/opinion"),
        ({"opinion": "like"}, "/is_seen"),
        ({"opinion": "like", "is_seen": True, "stars": 5}, "/stars"),
        ([], ""),
    ],
)
def test_feedback_wrong_body(owner_api: APIClient, parasite: Movie, body: object, pointer: str) -> None:
    answer = owner_api.put(f"{MOVIES}{parasite.pk}/feedback/", body, format="json")
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert [error["pointer"] for error in answer.json()["errors"]] == [pointer]
    assert not Feedback.objects.exists()


def test_browse_is_what_the_page_shows(owner: User, owner_api: APIClient, catalogue: None) -> None:
    shelves = browse(user=owner, day=timezone.localdate())
    liked = shelves.movies[0].items[0]
    Feedback.objects.create(user=owner, movie=liked, opinion="like")
    make_entry(owner)  # who has written may browse all the same
    answer = owner_api.get(BROWSE).json()
    told = [(shelf["emotion"], [movie["id"] for movie in shelf["movies"]]) for shelf in answer["movies"]]
    assert told == [(shelf.name, [movie.pk for movie in shelf.items]) for shelf in shelves.movies]
    told = [(shelf["mood"], [track["id"] for track in shelf["tracks"]]) for shelf in answer["tracks"]]
    assert told == [(shelf.name, [track.pk for track in shelf.items]) for shelf in shelves.tracks]
    assert answer["movies"][0]["movies"][0] == owner_api.get(f"{MOVIES}{liked.pk}/").json()
    assert answer["movies"][0]["movies"][0]["feedback"]["opinion"] == "like"


def test_browse_without_a_catalogue_is_empty(owner_api: APIClient) -> None:
    assert owner_api.get(BROWSE).json() == {"movies": [], "tracks": []}


@pytest.mark.parametrize("path", [MOVIES, TRACKS, BROWSE, f"{MOVIES}1/", f"{TRACKS}1/"])
def test_anonymous_is_refused(db: None, path: str) -> None:
    assert APIClient().get(path).status_code == 401


@pytest.mark.parametrize("path", [f"{MOVIES}1/feedback/", f"{TRACKS}1/feedback/"])
def test_anonymous_says_nothing(db: None, path: str) -> None:
    assert APIClient().put(path, NOTHING_SAID, format="json").status_code == 401
    assert APIClient().delete(path).status_code == 401


@pytest.mark.parametrize(
    ("path", "query"), [(MOVIES, {}), (MOVIES, {"emotion": "joy"}), (MOVIES, {"q": "joy"}), (TRACKS, {"mood": "calm"})]
)
def test_query_count_does_not_grow_with_the_page(
    owner: User, owner_api: APIClient, catalogue: None, path: str, query: dict[str, str]
) -> None:
    Feedback.objects.bulk_create(Feedback(user=owner, movie=movie, is_seen=True) for movie in Movie.objects.all())
    counts = []
    for size in (2, 30):
        with CaptureQueriesContext(connection) as queries:
            assert len(owner_api.get(path, {**query, "page_size": size}).json()["results"]) == size
        counts.append(len(queries))
    assert counts[1] <= counts[0] <= 6  # of few items, the nearest may not be enough, and those behind are read too


def test_browse_reads_tags_and_feedback_of_all_shelves_at_once(owner_api: APIClient, catalogue: None) -> None:
    with CaptureQueriesContext(connection) as queries:
        assert len(owner_api.get(BROWSE).json()["movies"]) == len(FEELINGS)
    for table, item in (("catalog_movietag", "movie_id"), ("catalog_tracktag", "track_id")):
        assert sum(f'FROM "{table}" WHERE "{table}"."{item}" IN' in query["sql"] for query in queries) == 1
    said = [query["sql"] for query in queries if 'FROM "diary_feedback"' in query["sql"]]
    assert len(said) == 4  # of films and of tracks: what is refused, and what is said of what is shown


@pytest.mark.django_db(transaction=True)
def test_feedback_on_an_item_is_news_of_the_entries_that_show_it(
    owner: User, owner_api: APIClient, catalogue: None
) -> None:
    entry, _ = create_entry(user=owner, text=SAD, written_on=timezone.localdate())
    shown = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["recommendations"]["match"]["movies"][0]
    other = Movie.objects.filter(recommendation=None).earliest("pk")
    changed = [Entry.objects.get().changed_at]
    for movie_id in (other.pk, shown["movie"]["id"], shown["movie"]["id"]):
        url = f"{MOVIES}{movie_id}/feedback/"
        assert owner_api.put(url, {"opinion": "like", "is_seen": False}, format="json").status_code == 200
        changed.append(Entry.objects.get().changed_at)
    assert changed[0] == changed[1] < changed[2] == changed[3]  # saying the same again is no news
    again = owner_api.get(f"/api/v1/entries/{entry.pk}/").json()["recommendations"]["match"]["movies"][0]
    assert again["feedback"] == {"opinion": "like", "is_seen": False}
