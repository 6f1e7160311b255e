"""What an entry is answered with."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from catalog import services
from catalog.curation import writes
from catalog.models import Movie, Track
from diary.models import Analysis, Entry, Recommendation
from diary.recommend import NO_REPEAT, PER_LIST, recommend_for
from ml.labels import Emotion, Mood, Strategy
from tests.factories import make_entry

pytestmark = pytest.mark.django_db


def answer(entry: Entry, emotion: Emotion) -> list[Recommendation]:
    recommendations = recommend_for(entry, scores={emotion: 1.0})
    Recommendation.objects.bulk_create([r for r in recommendations if r.pk is None])
    return recommendations


def keep_sad_movies(count: int) -> None:
    kept = list(Movie.objects.filter(title__startswith="sadness").values_list("pk", flat=True)[:count])
    writes.set_hidden(Movie.objects.exclude(pk__in=kept), is_hidden=True)


def tags(recommendations: list[Recommendation], strategy: Strategy, kind: str) -> list[str]:
    return [r.tag for r in recommendations if r.strategy == strategy and getattr(r, kind)]


def test_recommend_for_sadness(owner: User, catalogue: None) -> None:
    recommendations = recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    assert tags(recommendations, Strategy.MATCH, "movie") == [Emotion.SADNESS] * PER_LIST
    assert tags(recommendations, Strategy.MATCH, "track") == [Mood.SAD] * PER_LIST
    assert tags(recommendations, Strategy.SHIFT, "movie") == [Emotion.JOY] * PER_LIST
    assert tags(recommendations, Strategy.SHIFT, "track") == [Mood.HAPPY] * PER_LIST


@pytest.mark.parametrize("emotion", list(Emotion))
def test_recommend_for_every_emotion_has_an_answer(owner: User, catalogue: None, emotion: Emotion) -> None:
    assert len(recommend_for(make_entry(owner), scores={emotion: 1.0})) == 2 * 2 * PER_LIST


def test_recommend_for_repeats_nothing_within_thirty_days(owner: User, catalogue: None) -> None:
    movies: list[int] = []
    tracks: list[int] = []
    for _ in range(6):
        shown = answer(make_entry(owner), Emotion.SADNESS)
        movies += [r.movie_id for r in shown if r.movie_id]
        tracks += [r.track_id for r in shown if r.track_id]
    assert len(movies) == len(set(movies)) == 36
    assert len(tracks) == len(set(tracks)) == 36


def test_recommend_for_may_repeat_after_thirty_days(owner: User, catalogue: None) -> None:
    keep_sad_movies(3)
    first = [r.movie_id for r in answer(make_entry(owner), Emotion.SADNESS) if r.movie_id]
    assert [r.movie_id for r in answer(make_entry(owner), Emotion.SADNESS) if r.movie_id] == []

    Recommendation.objects.update(created_at=timezone.now() - NO_REPEAT - timedelta(hours=1))
    later = [r.movie_id for r in answer(make_entry(owner), Emotion.SADNESS) if r.movie_id]
    assert sorted(later) == sorted(first)


def test_recommend_for_what_another_person_was_shown_is_free(owner: User, outsider: User, catalogue: None) -> None:
    keep_sad_movies(3)
    shown = [r.movie_id for r in answer(make_entry(outsider), Emotion.SADNESS) if r.movie_id]
    assert sorted(shown) == sorted(r.movie_id for r in answer(make_entry(owner), Emotion.SADNESS) if r.movie_id)


def test_recommend_for_keeps_what_still_fits(owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    first = answer(entry, Emotion.ANXIETY)
    # What `save_analysis` saves with the recommendations, and an entry is never answered without.
    Analysis.objects.create(entry=entry, label="anxiety", confidence=1, scores={}, model_version="test")
    again = recommend_for(entry, scores={Emotion.SADNESS: 1.0})
    kept = [r for r in again if r.pk]
    # Both feelings are matched with sad films and tracks and turned round with joyful films.
    assert {(r.strategy, r.tag) for r in kept} == {("match", "sadness"), ("match", "sad"), ("shift", "joy")}
    assert {r.pk for r in kept} <= {r.pk for r in first}
    assert len(again) == 2 * 2 * PER_LIST


def test_recommend_for_one_maker_gives_one_film_and_one_track(owner: User, catalogue: None) -> None:
    Movie.objects.update(director="Im Kwon-taek")
    Track.objects.update(artist="아이유")
    services.forget_pools()
    recommendations = recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    assert sorted("movie" if r.movie_id else "track" for r in recommendations) == ["movie", "track"]


def test_recommend_for_exhausted_catalogue_shows_what_is_left(owner: User, catalogue: None) -> None:
    keep_sad_movies(1)
    recommendations = recommend_for(make_entry(owner), scores={Emotion.SADNESS: 1.0})
    assert tags(recommendations, Strategy.MATCH, "movie") == [Emotion.SADNESS]
    assert tags(recommendations, Strategy.SHIFT, "movie") == []
