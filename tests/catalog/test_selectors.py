"""Which films and tracks fit a feeling."""

import pytest

from catalog import selectors, services
from catalog.models import Movie, MovieTag
from ml.labels import Emotion, Mood, Strategy
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


def movie_ids(**options: object) -> list[int]:
    defaults = {"emotion": Emotion.SADNESS, "strategy": Strategy.MATCH}
    return [tag.movie_id for tag in selectors.movies_for(**(defaults | options))]


def test_movies_for_carry_the_feeling(catalogue: None) -> None:
    tags = selectors.movies_for(emotion=Emotion.ANGER, strategy=Strategy.MATCH)
    assert [tag.emotion for tag in tags] == [Emotion.ANGER] * 3
    assert all(tag.score == 2.5 for tag in tags if tag.movie.title.startswith("anger"))


def test_movies_for_same_seed_same_films_other_seed_others(catalogue: None) -> None:
    assert movie_ids(seed="a") == movie_ids(seed="a")
    assert len({tuple(movie_ids(seed=str(number))) for number in range(10)}) > 5


def test_movies_for_leave_out_hidden_and_excluded(catalogue: None) -> None:
    hidden, excluded, *_ = Movie.objects.filter(title__startswith="sadness")
    services.set_hidden(Movie.objects.filter(pk=hidden.pk), is_hidden=True)
    every = movie_ids(count=500, exclude={excluded.pk})
    assert hidden.pk not in every
    assert excluded.pk not in every
    assert len(every) == len(set(every)) > 30


def test_movies_for_curated_comes_first(catalogue: None) -> None:
    tag = MovieTag.objects.filter(emotion="sadness", movie__title__startswith="joy").select_related("movie")[0]
    strongest_computed = MovieTag.objects.filter(emotion="sadness").latest("weight")
    services.curate_tag(tag)
    assert tag.weight > strongest_computed.weight


def test_movies_for_prefer_the_strongest() -> None:
    weak = dict.fromkeys(movie_row(1).lifts, 0.9)
    services.upsert_movies(
        [movie_row(number, Emotion.JOY) for number in range(selectors.POOL_SIZE)]
        + [movie_row(10_000 + number, Emotion.JOY, lifts=weak) for number in range(300)]
    )
    for seed in range(20):
        tags = selectors.movies_for(emotion=Emotion.JOY, strategy=Strategy.MATCH, seed=str(seed))
        assert [tag.score for tag in tags] == [2.5, 2.5, 2.5]


def test_movies_for_an_empty_catalogue(db: None) -> None:
    assert movie_ids() == []


def test_tracks_for_carry_the_mood_by_different_artists(catalogue: None) -> None:
    tags = selectors.tracks_for(emotion=Emotion.ANXIETY, strategy=Strategy.SHIFT)
    assert [tag.mood for tag in tags] == [Mood.CALM] * 3
    assert len({tag.track.artist for tag in tags}) == 3


def test_tracks_for_one_artist_gives_one_track() -> None:
    rows = [track_row(number, Mood.CALM, artist="한 사람") for number in range(10)]
    rows += [track_row(100 + number, Mood.ENERGETIC) for number in range(30)]
    services.upsert_tracks(rows, services.track_weights(rows))
    assert len(selectors.tracks_for(emotion=Emotion.ANXIETY, strategy=Strategy.SHIFT)) == 1
