"""What people dislike, as curators may know it: nothing of any few people."""

from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from catalog.curation import writes
from catalog.curation.candidates import Candidate
from catalog.models import Kind, Movie, Reason, Track
from diary import crowd
from diary.dislikes import disliked_items
from diary.models import Entry, Feedback, Recommendation
from tests.factories import make_read_entry, make_user

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("catalogue")]


@pytest.fixture
def people(db: None) -> list[User]:
    return [make_user(f"reader{number}@example.com") for number in range(30)]


@pytest.fixture
def entries(people: list[User]) -> list[Entry]:
    """A sad entry of everybody's."""
    return [make_read_entry(person, emotion="sadness") for person in people]


@pytest.fixture
def film(db: None) -> Movie:
    return Movie.objects.get(external_id="tt0002000")


def show(entries: list[Entry], **item: Movie | Track) -> None:
    shown = {"strategy": "match", "position": 0, "tag": "", "score": 1, "is_current": False}
    Recommendation.objects.bulk_create(
        [Recommendation(entry=entry, user_id=entry.user_id, **shown, **item) for entry in entries]
    )


def dislike(people: list[User], **item: Movie | Track) -> None:
    Feedback.objects.bulk_create([Feedback(user=person, opinion="dislike", **item) for person in people])


def figures(found: list[Candidate]) -> list[tuple[int, str, int | None, int | None]]:
    return [(c.item_id, c.emotion, c.people, c.disliked) for c in found]


def test_counts_people_and_rounds_them_down(entries: list[Entry], people: list[User], film: Movie) -> None:
    show(entries[:29], movie=film)
    dislike(people[:19], movie=film)
    [found] = disliked_items(10)
    assert (found.kind, found.reason, found.urgency) == (Kind.MOVIE, Reason.DISLIKED, 0.5)
    assert figures([found]) == [(film.pk, "sadness", 20, 10)]


@pytest.mark.parametrize(("shown", "disliked"), [(19, 19), (30, 9), (20, 0)])
def test_tells_nothing_of_few_people(
    entries: list[Entry], people: list[User], film: Movie, shown: int, disliked: int
) -> None:
    show(entries[:shown], movie=film)
    dislike(people[:disliked], movie=film)
    assert disliked_items(10) == []


def test_a_busy_person_counts_once(entries: list[Entry], people: list[User], film: Movie) -> None:
    show(entries[:19], movie=film)
    for _ in range(10):
        show([make_read_entry(people[0], emotion="sadness")], movie=film)
    dislike(people, movie=film)
    assert disliked_items(10) == []


def test_each_emotion_counts_for_itself_as_the_writer_corrected_it(people: list[User], film: Movie) -> None:
    show([make_read_entry(person, emotion="sadness") for person in people[:15]], movie=film)
    corrected = [make_read_entry(person, emotion="sadness", corrected="anger") for person in people]
    show(corrected[:19], movie=film)
    dislike(people, movie=film)
    assert disliked_items(10) == []
    show(corrected[19:], movie=film)
    assert figures(disliked_items(10)) == [(film.pk, "anger", 30, 30)]


def test_one_click_more_or_less_moves_nothing_within_a_step(
    entries: list[Entry], people: list[User], film: Movie
) -> None:
    """What differs by less than a step stands in the order of the ids, not of the clicks."""
    later = Movie.objects.get(external_id="tt0002001")
    for each in (film, later):
        show(entries, movie=each)
    dislike(people[:12], movie=film)
    dislike(people[:17], movie=later)
    before = disliked_items(10)
    assert [c.item_id for c in before] == sorted([film.pk, later.pk])
    dislike(people[12:19], movie=film)
    Feedback.objects.filter(movie=later, user=people[0]).delete()
    assert disliked_items(10) == before


def test_the_greatest_share_comes_first(entries: list[Entry], people: list[User], film: Movie) -> None:
    worse, track = Movie.objects.get(external_id="tt0002001"), Track.objects.order_by("pk")[0]
    for item in ({"movie": film}, {"movie": worse}, {"track": track}):
        show(entries, **item)
    dislike(people[:10], movie=film)
    dislike(people[:20], movie=worse)
    dislike(people[:20], track=track)
    found = disliked_items(10)
    assert [c.item_id for c in found if c.kind == Kind.MOVIE] == [worse.pk, film.pk]
    assert [c.item_id for c in found if c.kind == Kind.TRACK] == [track.pk]
    assert [c.item_id for c in disliked_items(1)] == [worse.pk, track.pk]


def test_what_is_hidden_is_not_asked_about(entries: list[Entry], people: list[User], film: Movie) -> None:
    show(entries, movie=film)
    dislike(people, movie=film)
    writes.set_hidden(Movie.objects.filter(pk=film.pk), is_hidden=True)
    assert disliked_items(10) == []


def test_after_a_review_only_those_count_who_were_shown_it_since(
    entries: list[Entry], people: list[User], film: Movie
) -> None:
    show(entries, movie=film)
    dislike(people[:10], movie=film)
    writes.approve([film])
    assert disliked_items(10) == []
    show(entries[10:29], movie=film)
    dislike(people[10:], movie=film)
    assert disliked_items(10) == []
    show(entries[9:10], movie=film)
    assert figures(disliked_items(10)) == [(film.pk, "sadness", 20, 20)]
    Recommendation.objects.update(created_at=timezone.now() - timedelta(days=1))
    assert disliked_items(10) == []


def test_only_the_latest_recommendations_are_looked_at(
    entries: list[Entry], people: list[User], film: Movie, monkeypatch: pytest.MonkeyPatch
) -> None:
    show(entries, movie=film)
    dislike(people, movie=film)
    monkeypatch.setattr(crowd, "LATEST_RECOMMENDATIONS", 29)
    assert figures(disliked_items(10)) == [(film.pk, "sadness", 20, 20)]
    monkeypatch.setattr(crowd, "LATEST_RECOMMENDATIONS", 19)
    assert disliked_items(10) == []
