"""How recommendations are received, and that nobody can be told apart in it."""

import json

import pytest
from django.core.cache import cache
from pytest_django import DjangoAssertNumQueries

from accounts.models import User
from diary import crowd
from diary.reception import Reception, movie_reception, track_reception
from tests.diary.readers import make_readers, recommend

pytestmark = pytest.mark.django_db


@pytest.fixture
def people(catalogue: None) -> list[User]:
    return make_readers(43)


def row_of(rows: list[Reception], tag: str, strategy: str = "match") -> Reception:
    return next(row for row in rows if (row.tag, row.strategy) == (tag, strategy))


def test_people_are_counted_once_and_rounded_down(people: list[User]) -> None:
    for place, user in enumerate(people):
        recommend(user, "joy", opinion="like" if place < 25 else "dislike" if place < 45 else "", times=3)
    recommend(people[0], "joy", "shift")
    rows = movie_reception().rows
    joy = row_of(rows, "joy")
    assert joy.figures == (40, 20, None), "43 people, 25 and 18 of them"
    assert row_of(rows, "joy", "shift").figures == (None, None, None)


def test_tracks_are_counted_by_mood(people: list[User]) -> None:
    for user in people[:30]:
        recommend(user, "calm", "shift", "dislike")
    assert row_of(track_reception().rows, "calm", "shift").figures == (30, None, 30)
    assert row_of(movie_reception().rows, "joy").figures == (None, None, None)


@pytest.mark.parametrize(("number", "told"), [(0, None), (1, None), (19, None), (20, 20), (29, 20), (30, 30)])
def test_below_twenty_people_nothing_is_told(people: list[User], number: int, told: int | None) -> None:
    for user in people[:number]:
        recommend(user, "anger", opinion="like", times=2)
    assert row_of(movie_reception().rows, "anger").figures == (told, told, None)


def test_no_small_number_is_kept_anywhere(people: list[User]) -> None:
    for place, user in enumerate(people):
        recommend(user, ("joy", "joy", "sadness", "anger")[place % 4], ("match", "shift")[place % 2], "like")
    movie_reception()
    kept = json.dumps(cache.get("counted:movie_reception")[1])
    assert [figure for row in json.loads(kept) for figure in row[2:] if figure is not None and figure < 20] == []
    assert len(json.loads(kept)) == 10, "a row for every emotion and strategy, told or not"


def test_a_click_and_a_deleted_account_change_no_figure(people: list[User]) -> None:
    """Nor would anything of it show but once in STEP people."""
    for user in people[:25]:
        recommend(user, "sadness", opinion="like")
    before = movie_reception().rows
    cache.clear()
    recommend(people[30], "sadness", opinion="like")
    people[3].delete()
    people[4].delete()
    assert movie_reception().rows == before


def test_only_the_latest_recommendations_are_looked_at(people: list[User], monkeypatch: pytest.MonkeyPatch) -> None:
    for user in people[:30]:
        recommend(user, "joy")
    for user in people[:20]:
        recommend(user, "anger")
    monkeypatch.setattr(crowd, "LATEST_RECOMMENDATIONS", 20)
    assert row_of(movie_reception().rows, "anger").people == 20
    assert row_of(movie_reception().rows, "joy").people is None


def test_query_count(people: list[User], django_assert_num_queries: DjangoAssertNumQueries) -> None:
    for user in people[:5]:
        recommend(user, "joy")
    with django_assert_num_queries(2):
        movie_reception()
    with django_assert_num_queries(0):
        movie_reception()
