"""The review queue: what it holds, who gets what, and that no two curators get the same."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
from django.db import connection
from django.utils import timezone

from accounts.models import User
from catalog import services
from catalog.curation import queue, writes
from catalog.curation.candidates import Candidate
from catalog.curation.decisions import decide
from catalog.models import Action, Curation, Kind, Movie, Reason, ReviewItem, ReviewSkip
from tests.factories import make_user, movie_row

pytestmark = pytest.mark.django_db


def make_films(count: int) -> list[Movie]:
    services.upsert_movies([movie_row(number) for number in range(1, count + 1)])
    return list(Movie.objects.order_by("pk"))


def candidate(film: Movie, reason: Reason = Reason.UNCERTAIN, urgency: float = 0.5, **figures: int) -> Candidate:
    return Candidate(Kind.MOVIE, film.pk, reason, urgency, **figures)


def put(candidates: Sequence[Candidate], read_at: datetime | None = None) -> None:
    queue.put(candidates, read_at=read_at or timezone.now())


def waiting() -> list[int | None]:
    return [row.movie_id for row in ReviewItem.objects.waiting().most_pressing_first()]


def take(curator: User, reason: Reason | None = None) -> ReviewItem:
    row = queue.take(curator=curator, reason=reason)
    assert row is not None
    return row


def let_time_pass(row: ReviewItem) -> None:
    """As if the lease had ended."""
    ReviewItem.objects.filter(pk=row.pk).update(leased_until=timezone.now() - timedelta(seconds=1))


def test_the_most_pressing_come_first() -> None:
    films = make_films(4)
    reasons = (Reason.UNCERTAIN, Reason.NEW, Reason.DISLIKED, Reason.UNCERTAIN)
    put([candidate(film, reason, place / 10) for place, (film, reason) in enumerate(zip(films, reasons, strict=True))])
    assert waiting() == [films[2].pk, films[1].pk, films[3].pk, films[0].pk]


def test_an_item_of_several_reasons_stands_there_once_for_the_most_pressing() -> None:
    [film] = make_films(1)
    put([candidate(film, Reason.UNCERTAIN, 1.0), candidate(film, Reason.DISLIKED, 0.1, people=20, disliked=10)])
    row = ReviewItem.objects.get()
    assert (row.reason, row.people, row.disliked) == (Reason.DISLIKED, 20, 10)


def test_filling_again_follows_the_candidates() -> None:
    stays, goes, comes = make_films(3)
    put([candidate(stays), candidate(goes)])
    before = ReviewItem.objects.get(movie=stays)
    put([candidate(stays, Reason.DISLIKED, 0.7, people=30, disliked=20), candidate(comes)])
    assert set(waiting()) == {stays.pk, comes.pk}
    after = ReviewItem.objects.get(movie=stays)
    assert (after.pk, after.reason, after.people) == (before.pk, Reason.DISLIKED, 30)
    assert after.queued_at == before.queued_at


def test_filling_leaves_what_a_curator_has_in_hand(curator: User) -> None:
    [film] = make_films(1)
    put([candidate(film)])
    row = take(curator)
    put([])
    assert take(curator) == row
    let_time_pass(row)
    put([])
    assert queue.take(curator=curator) is None


def test_filling_knows_what_was_finished_meanwhile(curator: User) -> None:
    [film] = make_films(1)
    read_at = timezone.now()
    put([candidate(film)], read_at)
    ReviewItem.objects.update(finished_by=curator, finished_at=timezone.now())
    put([candidate(film)], read_at)  # which looked before it was finished
    assert waiting() == []
    put([candidate(film)])
    assert waiting() == [film.pk]
    assert ReviewItem.objects.get().finished_by is None


def test_who_comes_back_gets_the_same_item_and_others_get_others(curator: User, other: User) -> None:
    put([candidate(film) for film in make_films(2)])
    first, second = take(curator), take(other)
    assert first.movie_id != second.movie_id
    assert take(curator) == first
    assert take(other) == second
    assert queue.take(curator=make_user("third@example.com")) is None


def test_a_lease_lasts_ten_minutes_and_then_the_item_is_free(curator: User, other: User) -> None:
    put([candidate(film) for film in make_films(1)])
    row = take(curator)
    assert row.leased_until is not None
    assert timedelta(minutes=9) < row.leased_until - timezone.now() <= timedelta(minutes=10)
    assert queue.take(curator=other) is None
    let_time_pass(row)
    assert take(other) == row
    assert queue.take(curator=curator) is None


def test_items_of_one_reason_alone(curator: User) -> None:
    first, second = make_films(2)
    put([candidate(first, Reason.NEW), candidate(second, Reason.UNCERTAIN)])
    assert take(curator).movie == first
    assert take(curator, Reason.UNCERTAIN).movie == second
    assert queue.take(curator=make_user("third@example.com"), reason=Reason.UNCERTAIN) is None
    assert queue.take(curator=make_user("fourth@example.com")) is not None  # what was in hand is given back
    assert queue.take(curator=curator, reason=Reason.DISLIKED) is None


def test_what_was_decided_elsewhere_is_not_given_out(curator: User) -> None:
    hidden, approved, left = make_films(3)
    put([candidate(hidden, urgency=0.9), candidate(approved, urgency=0.8), candidate(left, urgency=0.1)])
    writes.set_hidden(Movie.objects.filter(pk=hidden.pk), is_hidden=True)
    writes.approve([approved])
    assert take(curator).movie == left
    assert queue.count_progress(curator=curator).waiting[Reason.UNCERTAIN] == 1


def test_what_is_skipped_stays_away_from_who_skipped_it_alone(curator: User, other: User) -> None:
    first, second = make_films(2)
    put([candidate(first, urgency=0.9), candidate(second, urgency=0.1)])
    queue.skip(curator=curator, review_id=take(curator).pk)
    assert take(curator).movie == second
    assert take(other).movie == first
    ReviewItem.objects.update(leased_by=None, leased_until=None)
    assert take(curator).movie == second
    ReviewItem.objects.update(leased_by=None, leased_until=None)
    ReviewSkip.objects.update(until=timezone.now())
    assert take(curator).movie == first


def test_nobody_skips_what_another_has_in_hand(curator: User, other: User) -> None:
    put([candidate(film) for film in make_films(1)])
    row = take(curator)
    with pytest.raises(queue.LeaseLost):
        queue.skip(curator=other, review_id=row.pk)
    assert not ReviewSkip.objects.exists()
    assert take(curator) == row


def test_progress_counts_what_waits_and_what_was_done_since_midnight(curator: User, other: User) -> None:
    films = make_films(5)
    put([candidate(film, Reason.NEW) for film in films])
    now = timezone.now()
    ReviewItem.objects.filter(movie=films[0]).update(finished_by=curator, finished_at=now)
    ReviewItem.objects.filter(movie=films[1]).update(finished_by=other, finished_at=now)
    ReviewItem.objects.filter(movie=films[2]).update(finished_by=curator, finished_at=now - timedelta(days=1))
    progress = queue.count_progress(curator=curator)
    assert progress.waiting == {Reason.NEW: 2, Reason.DISLIKED: 0, Reason.UNCERTAIN: 0}
    assert (progress.total, progress.done_today) == (2, 1)


@pytest.mark.django_db(transaction=True)
def test_many_curators_at_once_never_get_the_same_item() -> None:
    """Each approves what they get until nothing is left; all begin at the same moment."""
    curators = [make_user(f"curator{number}@example.com") for number in range(6)]
    put([candidate(film) for film in make_films(200)])
    barrier = Barrier(len(curators))

    def take_all(curator: User) -> list[int]:
        found = []
        barrier.wait()
        while (row := queue.take(curator=curator)) is not None:
            found.append(row.pk)
            decide(curator=curator, review_id=row.pk, decision=Action.APPROVE)
        connection.close()
        return found

    with ThreadPoolExecutor(len(curators)) as threads:
        taken = list(threads.map(take_all, curators))
    everything = [pk for found in taken for pk in found]
    assert len(everything) == len(set(everything)) == 200
    assert Curation.objects.filter(state=Curation.State.DONE).count() == 200
