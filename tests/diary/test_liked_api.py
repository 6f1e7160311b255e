"""What somebody likes, through the API: what the page shows, page after page."""

from base64 import urlsafe_b64encode
from datetime import UTC, datetime
from typing import Any

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from catalog.models import Movie, Track
from diary.feedback import give_item_feedback
from diary.models import Feedback

pytestmark = pytest.mark.django_db

LIKED = "/api/v1/liked/"
LIKE = {"opinion": "like", "is_seen": False}


def like(user: User, *items: Movie | Track) -> None:
    for item in items:
        give_item_feedback(user=user, item=item, opinion="like")


def all_liked(api: APIClient, address: str) -> list[dict[str, Any]]:
    """What all pages hold, followed by `next`."""
    answer = api.get(address).json()
    return answer["results"] + (all_liked(api, answer["next"]) if answer["next"] else [])


def test_the_last_comes_first_as_the_catalogue_tells_it(
    owner: User, owner_api: APIClient, film: Movie, song: Track
) -> None:
    like(owner, film, song)
    answer = owner_api.get(LIKED).json()
    assert answer["next"] is None
    of_song, of_film = answer["results"]
    assert (of_song["movie"], of_film["track"]) == (None, None)
    assert of_song["track"] == owner_api.get(f"/api/v1/tracks/{song.pk}/").json() | {"feedback": LIKE}
    assert of_film["movie"] == owner_api.get(f"/api/v1/movies/{film.pk}/").json() | {"feedback": LIKE}
    given = Feedback.objects.get(track=song).given_at
    assert datetime.fromisoformat(of_song["given_at"]) == given
    assert of_song["given_at"].endswith("+09:00")  # by the person's own clock


def test_only_what_one_likes_oneself_and_may_be_shown(
    owner: User, outsider: User, owner_api: APIClient, film: Movie, song: Track
) -> None:
    like(outsider, film)
    give_item_feedback(user=owner, item=film, opinion="dislike")
    assert owner_api.get(LIKED).json() == {"next": None, "results": []}
    like(owner, film, song)
    Movie.objects.filter(pk=film.pk).update(has_suicide_theme=True)
    Track.objects.filter(pk=song.pk).update(is_hidden=True)
    assert owner_api.get(LIKED).json()["results"] == []


def test_pages_hold_everything_once_also_of_one_moment(owner: User, owner_api: APIClient, catalogue: None) -> None:
    like(owner, *Movie.objects.all()[:5], *Track.objects.all()[:5])
    Feedback.objects.filter(movie__isnull=False).update(given_at=datetime(2026, 11, 1, tzinfo=UTC))
    whole = owner_api.get(LIKED).json()["results"]
    assert len(whole) == 10
    assert all_liked(owner_api, f"{LIKED}?page_size=3") == whole


def test_saying_the_same_again_moves_nothing(owner: User, owner_api: APIClient, film: Movie, song: Track) -> None:
    like(owner, film, song)
    before = owner_api.get(LIKED).json()
    assert owner_api.put(f"/api/v1/movies/{film.pk}/feedback/", LIKE, format="json").json() == LIKE
    assert owner_api.get(LIKED).json() == before
    give_item_feedback(user=owner, item=film, is_seen=True)
    assert owner_api.get(LIKED).json()["results"][0]["movie"]["feedback"] == LIKE | {"is_seen": True}


def test_a_new_like_moves_no_page(owner: User, owner_api: APIClient, catalogue: None) -> None:
    films = list(Movie.objects.all()[:5])
    like(owner, *films[:4])
    first = owner_api.get(LIKED, {"page_size": 2}).json()
    like(owner, films[4])
    rest = owner_api.get(first["next"]).json()
    assert [liked["movie"]["id"] for liked in rest["results"]] == [films[1].pk, films[0].pk]


@pytest.mark.parametrize(
    "words",
    [
        "",
        "x",
        "2026-11-01T00:00:00 1",
        "2026-11-01T00:00:00+00:00 x",
        "2026-11-01T00:00:00+00:00 -1",
        f"2026-11-01T00:00:00+00:00 {2**64}",
        "9999-12-31T23:59:59-23:59 1",
    ],
)
def test_a_cursor_that_no_answer_gave_is_refused(owner_api: APIClient, words: str) -> None:
    answer = owner_api.get(LIKED, {"cursor": urlsafe_b64encode(words.encode()).decode()})
    assert answer.status_code == 400
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/cursor"]


@pytest.mark.parametrize("query", [{"page_size": "0"}, {"page_size": "101"}, {"emotion": "joy"}])
def test_what_is_not_understood_is_refused(owner_api: APIClient, query: dict[str, str]) -> None:
    assert owner_api.get(LIKED, query).status_code == 400
