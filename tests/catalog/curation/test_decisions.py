"""What a curator decides on an item of the queue: recorded, undone, and nothing twice."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from accounts.models import User
from catalog import services
from catalog.curation import queue, writes
from catalog.curation.candidates import Candidate
from catalog.curation.decisions import CARRIED_SCORE, Undone, Word, decide, undo_last
from catalog.curation.states import read_states
from catalog.models import Action, Curation, Kind, Movie, Reason, ReviewItem, Source
from catalog.weights import track_weights
from ml.labels import Mood
from tests.factories import movie_row, track_row

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(db: None) -> None:
    """Two films that stand for joy alone wait, and a happy track behind them."""
    services.upsert_movies([movie_row(number) for number in (1, 2)])
    tracks = [track_row(number, mood) for number, mood in enumerate(Mood, start=1)]
    services.upsert_tracks(tracks, track_weights(tracks))
    films = [Candidate(Kind.MOVIE, film.pk, Reason.NEW, 0.5) for film in Movie.objects.order_by("pk")]
    track = Candidate(Kind.TRACK, tracks_first(), Reason.UNCERTAIN, 0.5)
    queue.put([*films, track], read_at=timezone.now())


def tracks_first() -> int:
    track = Kind.TRACK.model._default_manager.order_by("pk").first()
    assert track is not None
    return int(track.pk)


def take(curator: User, reason: Reason | None = None) -> ReviewItem:
    row = queue.take(curator=curator, reason=reason)
    assert row is not None
    return row


def state(row: ReviewItem) -> dict[str, object]:
    return read_states(row.kind, [row.item_id])[row.item_id]


def undo(curator: User) -> Undone:
    undone = undo_last(curator=curator)
    assert undone is not None
    return undone


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("decision", [Action.APPROVE, Action.EDIT, Action.HIDE])
@pytest.mark.parametrize("reason", [Reason.NEW, Reason.UNCERTAIN])
def test_a_decision_is_recorded_and_undone(curator: User, decision: Action, reason: Reason) -> None:
    row = take(curator, reason)
    before = state(row)
    name = "joy" if row.kind == Kind.MOVIE else "happy"
    done = decide(curator=curator, review_id=row.pk, decision=decision, words={name: Word(False, 0.0)})
    after = state(row)
    step = Curation.objects.get()
    assert (step.curator, step.kind, step.action, step.state) == (curator, row.kind, decision, Curation.State.DONE)
    assert (step.changed, done.curation) == (1, step)
    assert after["reviewed_at"]
    assert after["is_hidden"] is (decision == Action.HIDE)
    tags = after["tags"]
    assert isinstance(tags, dict)
    assert (tags[name][1] == Source.CURATED) is (decision != Action.HIDE)
    assert take(curator) != row
    undone = undo(curator)
    assert (undone.row, undone.is_back) == (row, True)
    assert state(row) == before
    assert take(curator) == row
    step.refresh_from_db()
    assert (step.state, step.undone_by) == (Curation.State.UNDONE, curator)


@pytest.mark.usefixtures("rows")
def test_approving_makes_the_carried_tags_curated_and_no_others(curator: User) -> None:
    row = take(curator)
    decide(curator=curator, review_id=row.pk, decision=Action.APPROVE)
    sources = dict(row.item.tags.values_list("emotion", "source"))
    assert sources.pop("joy") == Source.CURATED
    assert set(sources.values()) == {Source.REVIEWS}


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ({"joy": Word(True, 2.5)}, {"joy": 2.5}),  # as it stands: approved with the rest
        ({"joy": Word(True, 2.504)}, {"joy": 2.5}),  # not told from what is shown with two digits
        ({"joy": Word(True, 3.0)}, {"joy": 3.0}),
        ({"joy": Word(False, 2.5)}, {"joy": 0.0}),
        ({"joy": Word(True, 2.5), "anger": Word(True, 0.8)}, {"joy": 2.5, "anger": CARRIED_SCORE[Kind.MOVIE]}),
        ({"joy": Word(True, 2.5), "anger": Word(True, 1.4)}, {"joy": 2.5, "anger": 1.4}),
        ({"joy": Word(True, 2.5), "anger": Word(False, 0.8)}, {"joy": 2.5}),
        ({"joy": Word(True, 0.5)}, {"joy": 0.5}),  # typed: a curator's word that it hardly has any
        ({"anger": Word(False, 1.4)}, {"joy": 2.5, "anger": 1.4}),  # typed without switching it on
        ({}, {"joy": 2.5}),
    ],
)
def test_an_edit_changes_what_differs_and_approves_the_rest(
    curator: User, words: dict[str, Word], expected: dict[str, float]
) -> None:
    row = take(curator)
    decide(curator=curator, review_id=row.pk, decision=Action.EDIT, words=words)
    assert dict(row.item.tags.filter(source=Source.CURATED).values_list("emotion", "score")) == expected


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("word", [Word(True, 11.0), Word(True, -1.0), Word(True, float("nan")), Word(False, 1e400)])
def test_a_score_that_is_none_changes_nothing(curator: User, word: Word) -> None:
    row = take(curator)
    before = state(row)
    with pytest.raises(ValueError, match="score"):
        decide(curator=curator, review_id=row.pk, decision=Action.EDIT, words={"joy": word})
    with pytest.raises(ValueError, match="tag"):
        decide(curator=curator, review_id=row.pk, decision=Action.EDIT, words={"happy": Word(True, 0.5)})
    with pytest.raises(ValueError, match="decision"):
        decide(curator=curator, review_id=row.pk, decision=Action.IMPORT)
    assert state(row) == before
    assert not Curation.objects.exists()
    assert take(curator) == row


@pytest.mark.usefixtures("rows")
def test_a_lost_lease_changes_nothing_twice(curator: User, other: User) -> None:
    row = take(curator)
    ReviewItem.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    assert take(other) == row
    with pytest.raises(queue.LeaseLost):
        decide(curator=curator, review_id=row.pk, decision=Action.HIDE)
    assert not Curation.objects.exists()
    decide(curator=other, review_id=row.pk, decision=Action.APPROVE)
    for late in (curator, other):  # also the same form sent twice
        with pytest.raises(queue.LeaseLost):
            decide(curator=late, review_id=row.pk, decision=Action.HIDE)
    assert Curation.objects.count() == 1
    assert not Movie.objects.filter(is_hidden=True).exists()


@pytest.mark.usefixtures("rows")
def test_a_lease_that_is_over_counts_while_nobody_else_has_the_item(curator: User) -> None:
    row = take(curator)
    ReviewItem.objects.update(leased_until=timezone.now() - timedelta(seconds=1))
    decide(curator=curator, review_id=row.pk, decision=Action.APPROVE)
    assert Curation.objects.count() == 1


@pytest.mark.usefixtures("rows")
def test_undoing_gives_the_other_item_back(curator: User, other: User) -> None:
    first = take(curator)
    decide(curator=curator, review_id=first.pk, decision=Action.APPROVE)
    second = take(curator)
    undo(curator)
    assert take(other) == second


@pytest.mark.usefixtures("rows")
def test_only_ones_own_decisions_are_undone_the_last_one_first(curator: User, other: User) -> None:
    assert undo_last(curator=curator) is None
    mine = [take(curator)]
    decide(curator=curator, review_id=mine[0].pk, decision=Action.APPROVE)
    theirs = take(other)
    decide(curator=other, review_id=theirs.pk, decision=Action.APPROVE)
    mine.append(take(curator))
    decide(curator=curator, review_id=mine[1].pk, decision=Action.APPROVE)
    assert [undo(curator).row for _ in mine] == mine[::-1]
    assert undo_last(curator=curator) is None
    assert state(theirs)["reviewed_at"]


@pytest.mark.usefixtures("rows")
def test_what_somebody_changed_since_is_not_undone(curator: User) -> None:
    row = take(curator)
    decide(curator=curator, review_id=row.pk, decision=Action.APPROVE)
    writes.set_tag([row.item], "joy", 4.0)
    undone = undo(curator)
    assert (undone.row, undone.is_back) == (row, False)
    assert row.item.tags.get(emotion="joy").score == 4.0
    assert row not in ReviewItem.objects.waiting()


@pytest.mark.usefixtures("rows")
def test_a_skip_is_taken_back_before_the_decision_that_came_earlier(curator: User) -> None:
    first = take(curator)
    decide(curator=curator, review_id=first.pk, decision=Action.APPROVE)
    second = take(curator)
    queue.skip(curator=curator, review_id=second.pk)
    assert take(curator) != second
    undone = undo(curator)
    assert (undone.row, undone.is_back) == (second, True)
    assert take(curator) == second
    assert undo(curator).row == first


@pytest.mark.usefixtures("rows")
@pytest.mark.parametrize("meanwhile", ["taken", "finished"])
def test_a_skipped_item_that_is_anothers_by_now_does_not_come_back(curator: User, other: User, meanwhile: str) -> None:
    row = take(curator)
    queue.skip(curator=curator, review_id=row.pk)
    assert take(other) == row
    if meanwhile == "finished":
        decide(curator=other, review_id=row.pk, decision=Action.APPROVE)
    assert not undo(curator).is_back
    assert take(curator) != row


@pytest.mark.usefixtures("rows")
def test_deciding_asks_as_much_as_it_must(curator: User, django_assert_max_num_queries: Callable[..., object]) -> None:
    row = take(curator)
    with django_assert_max_num_queries(30):
        decide(curator=curator, review_id=row.pk, decision=Action.APPROVE)
