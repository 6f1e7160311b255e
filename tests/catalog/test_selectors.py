"""Which films and tracks fit a feeling."""

from typing import Any

import pytest
from pytest_django import DjangoCaptureOnCommitCallbacks

from catalog import selectors, services
from catalog.curation import writes
from catalog.models import Movie, MovieTag, Track
from catalog.pools import POOL_SIZE, forget_pools
from catalog.weights import track_weights
from ml.labels import FILM_EMOTION, Emotion, Mood, Strategy
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


def movie_ids(emotion: Emotion = Emotion.SADNESS, **options: Any) -> list[int]:
    defaults = {"scores": {emotion: 1.0}, "strategy": Strategy.MATCH}
    return [pick.item_id for pick in selectors.movies_for(**(defaults | options))]


def test_movies_for_carry_the_feeling(catalogue: None) -> None:
    picks = selectors.movies_for(scores={Emotion.ANGER: 1.0}, strategy=Strategy.MATCH)
    assert [(pick.tag, pick.score, pick.source) for pick in picks] == [("anger", 2.5, "reviews")] * 3
    assert all(movie.title.startswith("anger") for movie in Movie.objects.filter(pk__in=[p.item_id for p in picks]))


def test_movies_for_same_seed_same_films_other_seed_others(catalogue: None) -> None:
    assert movie_ids(seed="a") == movie_ids(seed="a")
    assert len({tuple(movie_ids(seed=str(number))) for number in range(10)}) > 5


def test_movies_for_leave_out_hidden_and_excluded(catalogue: None) -> None:
    hidden, excluded, *_ = Movie.objects.filter(title__startswith="sadness")
    writes.set_hidden(Movie.objects.filter(pk=hidden.pk), is_hidden=True)
    every = movie_ids(count=500, exclude={excluded.pk})
    assert hidden.pk not in every
    assert excluded.pk not in every
    assert len(every) == len(set(every)) > 30


def test_movies_for_a_film_hidden_in_this_process_is_gone_at_once(
    catalogue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    shown = movie_ids()
    with django_capture_on_commit_callbacks(execute=True):
        writes.set_hidden(Movie.objects.filter(pk__in=shown), is_hidden=True)
    assert set(movie_ids()).isdisjoint(shown)


def test_movies_for_curated_comes_first(catalogue: None) -> None:
    tag = MovieTag.objects.filter(emotion="sadness", movie__title__startswith="joy").select_related("movie")[0]
    tag.score = 1.1
    strongest_computed = MovieTag.objects.filter(emotion="sadness").latest("weight")
    writes.curate_tag(tag)
    assert tag.weight > strongest_computed.weight


def test_movies_for_a_tag_that_a_curator_took_away_is_never_drawn(
    catalogue: None, django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks
) -> None:
    tag = MovieTag.objects.filter(emotion="sadness").select_related("movie").latest("weight")
    assert tag.movie_id in movie_ids(count=500)
    tag.score = 0
    with django_capture_on_commit_callbacks(execute=True):
        writes.curate_tag(tag)
    assert tag.movie_id not in movie_ids(count=500)


@pytest.mark.parametrize("feeling", [Emotion.SADNESS, Emotion.ANGER, Emotion.ANXIETY])
def test_movies_for_a_plain_day_surprise_without_a_burden(feeling: Emotion) -> None:
    heavy = movie_row(1, Emotion.EMBARRASSMENT).lifts | {feeling: 1.2}
    services.upsert_movies([movie_row(number, Emotion.EMBARRASSMENT, lifts=heavy) for number in range(5)])
    services.upsert_movies([movie_row(9, Emotion.EMBARRASSMENT)])
    tag = MovieTag.objects.filter(emotion="embarrassment").select_related("movie")[0]
    tag.score = 1.5
    writes.curate_tag(tag)  # whose choice stands
    forget_pools()
    picks = selectors.movies_for(scores={Emotion.NEUTRAL: 1.0}, strategy=Strategy.SHIFT)
    light = Movie.objects.get(external_id="tt0000009")
    assert {pick.item_id for pick in picks} == {light.pk, tag.movie_id}


def test_movies_for_a_plain_day_are_heavy_where_no_other_is_left() -> None:
    heavy = movie_row(1, Emotion.EMBARRASSMENT).lifts | {Emotion.ANGER: 1.2}
    services.upsert_movies([movie_row(number, Emotion.EMBARRASSMENT, lifts=heavy) for number in range(5)])
    forget_pools()
    plain: dict[str, Any] = {"scores": {Emotion.NEUTRAL: 1.0}, "strategy": Strategy.SHIFT}
    assert len(selectors.movies_for(**plain)) == 3
    services.upsert_movies([movie_row(number, Emotion.EMBARRASSMENT) for number in (8, 9)])
    forget_pools()
    light = set(Movie.objects.filter(external_id__in=("tt0000008", "tt0000009")).values_list("pk", flat=True))
    assert {pick.item_id for pick in selectors.movies_for(**plain)} == light
    assert len(selectors.movies_for(**plain, exclude=light)) == 3


def test_movies_for_prefer_the_strongest() -> None:
    weak = dict.fromkeys(movie_row(1).lifts, 0.9)
    services.upsert_movies(
        [movie_row(number, Emotion.JOY) for number in range(POOL_SIZE)]
        + [movie_row(10_000 + number, Emotion.JOY, lifts=weak) for number in range(300)]
    )
    for seed in range(20):
        picks = selectors.movies_for(scores={Emotion.JOY: 1.0}, strategy=Strategy.MATCH, seed=str(seed))
        assert [pick.score for pick in picks] == [2.5, 2.5, 2.5]


def test_movies_for_who_has_seen_the_strongest_gets_the_next() -> None:
    services.upsert_movies([movie_row(number, Emotion.JOY) for number in range(POOL_SIZE + 5)])
    strongest = MovieTag.objects.filter(emotion="joy").order_by("-weight")
    seen = set(strongest.values_list("movie_id", flat=True)[:POOL_SIZE])
    left = movie_ids(emotion=Emotion.JOY, exclude=seen, count=10)
    assert len(left) == 5
    assert seen.isdisjoint(left)


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({Emotion.SADNESS: 0.7, Emotion.ANGER: 0.3}, {"sadness": 0.7, "anger": 0.3}),
        ({Emotion.SADNESS: 0.91, Emotion.ANGER: 0.09}, {"sadness": 0.91}),
        ({Emotion.SADNESS: 0.6, Emotion.NEUTRAL: 0.4}, {"sadness": 0.6}),
        ({Emotion.NEUTRAL: 0.6, Emotion.SADNESS: 0.4}, {"joy": 0.6, "sadness": 0.4}),
        (dict.fromkeys(Emotion, 0.09), {"joy": 0.09}),
    ],
)
def test_wanted_tags_leave_out_what_is_hardly_felt(scores: dict[Emotion, float], expected: dict[str, float]) -> None:
    assert selectors.wanted_tags(scores, FILM_EMOTION[Strategy.MATCH]) == expected


def test_movies_for_an_empty_catalogue(db: None) -> None:
    assert movie_ids() == []


def test_tracks_for_carry_the_mood_by_different_artists(catalogue: None) -> None:
    picks = selectors.tracks_for(scores={Emotion.ANXIETY: 1.0}, strategy=Strategy.SHIFT)
    assert [pick.tag for pick in picks] == [Mood.CALM] * 3
    assert Track.objects.filter(pk__in=[p.item_id for p in picks]).values("artist").distinct().count() == 3


def test_tracks_for_one_artist_gives_one_track() -> None:
    rows = [track_row(number, Mood.CALM, artist="한 사람") for number in range(10)]
    rows += [track_row(100 + number, Mood.ENERGETIC) for number in range(30)]
    services.upsert_tracks(rows, track_weights(rows))
    assert len(selectors.tracks_for(scores={Emotion.ANXIETY: 1.0}, strategy=Strategy.SHIFT)) == 1
