"""What the catalogue itself puts before curators: what is new, what is uncertain, what changed after a review."""

from datetime import timedelta

import pytest
from django.utils import timezone

from catalog import services
from catalog.curation import writes
from catalog.curation.candidates import (
    changed_items,
    film_confidence,
    new_items,
    track_confidence,
    uncertain_items,
)
from catalog.models import Kind, Movie, MovieTag, Track, TrackTag
from catalog.weights import TRACK_CARRIES_FROM, track_weights
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db

FLAT = dict.fromkeys(FEELINGS, 0.9)
NEAR_TIE = {Mood.HAPPY: 0.48, Mood.ENERGETIC: 0.46, Mood.SAD: 0.05, Mood.CALM: 0.01}


def film(number: int, **fields: object) -> Movie:
    services.upsert_movies([movie_row(number, **fields)])
    return Movie.objects.get(tmdb_id=number)


def tracks(*rows: dict[str, object]) -> list[Track]:
    made = [track_row(number, **fields) for number, fields in enumerate(rows, start=1)]
    services.upsert_tracks(made, track_weights(made))
    return list(Track.objects.order_by("pk"))


def test_films_of_one_or_two_reviews_are_uncertain_and_the_fewest_come_first() -> None:
    two, one = film(1, review_count=2), film(2, review_count=1)
    film(3, review_count=3)
    film(4, review_count=0)  # tagged by its plot
    assert [(c.kind, c.item_id, c.urgency) for c in uncertain_items(10)] == [
        (Kind.MOVIE, one.pk, 0.67),
        (Kind.MOVIE, two.pk, 0.33),
    ]


def test_films_whose_strongest_feeling_is_hardly_above_the_mean_are_uncertain() -> None:
    hardly = film(1, lifts=FLAT | {Emotion.JOY: 1.05})
    film(2, lifts=FLAT | {Emotion.JOY: 1.05, Emotion.SADNESS: 1.5})
    film(3, lifts=FLAT)  # is recommended for nothing
    assert [c.item_id for c in uncertain_items(10)] == [hardly.pk]


def test_tracks_of_two_moods_that_are_nearly_equal_are_uncertain() -> None:
    near, *_others = tracks({"probabilities": NEAR_TIE}, {"mood": Mood.HAPPY}, {"mood": Mood.SAD}, {"mood": Mood.CALM})
    assert {c.item_id for c in uncertain_items(10)} == {near.pk}


def test_what_is_hidden_or_approved_is_not_uncertain() -> None:
    hidden, approved, left = (film(number, review_count=1) for number in range(1, 4))
    writes.set_hidden(Movie.objects.filter(pk=hidden.pk), is_hidden=True)
    writes.approve([approved])
    assert [c.item_id for c in uncertain_items(10)] == [left.pk]


def test_at_most_so_many_of_each_kind_and_those_recommended_first_of_equals() -> None:
    films = [film(number, review_count=1, rating=number) for number in range(1, 6)]
    tracks(*[{"probabilities": NEAR_TIE}] * 5, *[{"mood": Mood.SAD}] * 20)
    found = uncertain_items(2)
    assert [c.item_id for c in found if c.kind == Kind.MOVIE] == [films[4].pk, films[3].pk]
    assert len([c for c in found if c.kind == Kind.TRACK]) == 2


@pytest.mark.parametrize(
    ("reviews", "lift", "expected"),
    [(1, 2.0, 1 / 3), (2, 2.0, 2 / 3), (3, 2.0, 1.0), (0, 2.0, 1.0), (30, 1.05, 0.5), (30, 0.9, 0.0)],
)
def test_confidence_of_a_film_is_its_weakest_side(reviews: int, lift: float, expected: float) -> None:
    assert film_confidence(reviews, lift) == pytest.approx(expected)


def test_confidence_of_a_mood_grows_with_the_distance_to_its_rival() -> None:
    assert track_confidence(0.5, 0.5) == 0.0
    assert track_confidence(0.5, 0.45) == track_confidence(0.45, 0.5) == pytest.approx(0.5)
    assert track_confidence(0.9, 0.1) == 1.0


def test_new_are_those_that_came_later_and_nobody_has_looked_at_oldest_first() -> None:
    now = timezone.now()
    film(1)  # has been there from the beginning
    services.upsert_movies([movie_row(2)], added_at=now)
    services.upsert_movies([movie_row(3)], added_at=now - timedelta(days=1))
    services.upsert_movies([movie_row(number) for number in (4, 5)], added_at=now - timedelta(days=2))
    writes.approve([Movie.objects.get(tmdb_id=4)])
    writes.set_hidden(Movie.objects.filter(tmdb_id=5), is_hidden=True)
    assert [Movie.objects.get(pk=c.item_id).tmdb_id for c in new_items(10)] == [3, 2]
    assert len(new_items(1)) == 1


def test_a_reviewed_film_comes_again_when_an_import_recommends_it_for_something_else() -> None:
    reviewed = film(1)
    writes.approve([reviewed])
    services.upsert_movies([movie_row(1)])
    assert changed_items(10) == []
    services.upsert_movies([movie_row(1, lifts=FLAT | {Emotion.JOY: 2.5, Emotion.SADNESS: 2.0})])
    assert [(c.kind, c.item_id) for c in changed_items(10)] == [(Kind.MOVIE, reviewed.pk)]
    writes.approve([reviewed])
    assert changed_items(10) == []


def test_approving_a_track_of_an_unlikely_mood_does_not_take_it_out_of_recommendations() -> None:
    track = tracks({"probabilities": NEAR_TIE}, {"mood": Mood.SAD}, {"mood": Mood.CALM}, {"mood": Mood.SAD})[0]
    carried = set(TrackTag.objects.filter(track=track, weight__gt=0).values_list("mood", flat=True))
    assert carried
    writes.approve([track])
    approved = TrackTag.objects.filter(track=track, source="curated")
    assert {tag.mood for tag in approved} == carried
    assert all(tag.weight > 0 and tag.score == TRACK_CARRIES_FROM for tag in approved)


def test_looking_for_candidates_asks_the_same_however_many_there_are(django_assert_num_queries: object) -> None:
    services.upsert_movies([movie_row(number, review_count=1) for number in range(1, 60)])
    with django_assert_num_queries(2 * len(FEELINGS) + 2 * len(Mood)):
        assert len(uncertain_items(50)) == 50
    assert MovieTag.objects.count() == 59 * len(FEELINGS)
