"""Who has written nothing yet sees the catalogue by emotion."""

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from accounts.models import User
from catalog.curation import writes
from catalog.models import Movie, Track
from diary.browse import PER_SHELF, browse_movies, browse_tracks
from diary.models import Feedback
from ml.labels import FEELINGS, Mood
from tests.factories import make_entry

pytestmark = pytest.mark.django_db

DAY = date(2026, 11, 1)


def test_browse_every_feeling_and_mood(owner: User, catalogue: None) -> None:
    movie_shelves = browse_movies(user=owner, day=DAY)
    track_shelves = browse_tracks(user=owner, day=DAY)
    assert [shelf.name for shelf in movie_shelves] == list(FEELINGS)
    assert {shelf.name for shelf in track_shelves} == set(Mood)
    movies = [movie.pk for shelf in movie_shelves for movie in shelf.items]
    tracks = [track.pk for shelf in track_shelves for track in shelf.items]
    assert len(movies) == len(set(movies)) == PER_SHELF * len(FEELINGS)
    assert len(tracks) == len(set(tracks)) == PER_SHELF * len(Mood)


def test_browse_shelves_carry_their_feeling(owner: User, catalogue: None) -> None:
    carried = {shelf.name: shelf.items[0].title.split()[0] for shelf in browse_movies(user=owner, day=DAY)}
    # Worry is kept company by quiet films, as in an answer.
    assert carried == {feeling: "sadness" if feeling == "anxiety" else feeling for feeling in FEELINGS}
    for shelf in browse_tracks(user=owner, day=DAY):
        assert all(track.title.startswith(shelf.name) for track in shelf.items)


def test_browse_is_the_same_all_day_and_new_on_the_next(owner: User, catalogue: None) -> None:
    assert browse_movies(user=owner, day=DAY) == browse_movies(user=owner, day=DAY)
    assert browse_movies(user=owner, day=DAY) != browse_movies(user=owner, day=DAY + timedelta(days=1))
    assert browse_tracks(user=owner, day=DAY) != browse_tracks(user=owner, day=DAY + timedelta(days=1))


def test_browse_nothing_refused_hidden_or_about_suicide(owner: User, catalogue: None) -> None:
    joyful = list(Movie.objects.filter(title__startswith="joy"))
    Feedback.objects.create(user=owner, movie=joyful[0], is_seen=True)
    happy = list(Track.objects.filter(title__startswith="happy"))
    Feedback.objects.create(user=owner, track=happy[0], opinion="dislike")
    Movie.objects.filter(pk=joyful[1].pk).update(has_suicide_theme=True)
    kept = [movie.pk for movie in joyful[:3]]
    writes.set_hidden(Movie.objects.exclude(pk__in=kept), is_hidden=True)
    writes.set_hidden(Track.objects.exclude(pk__in=[track.pk for track in happy[:2]]), is_hidden=True)
    [shelf] = browse_movies(user=owner, day=DAY)
    assert [movie.pk for movie in shelf.items] == [joyful[2].pk]
    [track_shelf] = browse_tracks(user=owner, day=DAY)
    assert [track.pk for track in track_shelf.items] == [happy[1].pk]


def test_home_shows_it_before_the_first_entry_alone(owner: User, owner_client: Client, catalogue: None) -> None:
    page = owner_client.get("/").text
    assert "마음으로 둘러보기" in page
    assert page.count('class="browse-item"') == PER_SHELF * (len(FEELINGS) + len(Mood))
    make_entry(owner)
    assert "마음으로 둘러보기" not in owner_client.get("/").text


def test_home_without_a_catalogue_shows_none(owner_client: Client) -> None:
    assert "마음으로 둘러보기" not in owner_client.get("/").text


def test_home_reads_each_kind_of_item_once(owner_client: Client, catalogue: None) -> None:
    owner_client.get("/")  # the strongest items of each tag are at hand
    with CaptureQueriesContext(connection) as queries:
        owner_client.get("/")
    for start, count in (("diary_feedback", 2), ("catalog_movie", 1), ("catalog_track", 1)):
        assert sum(f'FROM "{start}" WHERE' in query["sql"] for query in queries) == count
