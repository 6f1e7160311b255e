"""A curator's steps: what they change, that they are noted, that they can be undone."""

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection

from accounts.models import User
from catalog import services
from catalog.curation import steps, writes
from catalog.curation.states import read_states
from catalog.draw import PINNED_BONUS
from catalog.models import Action, Curation, Kind, Movie, MovieTag, Source, Track, TrackTag
from ml.labels import FEELINGS, Emotion, Mood
from tests.factories import make_user, movie_row

pytestmark = pytest.mark.django_db

State = Curation.State


def carry_out(curator: User, kind: Kind, action: Action, selection: Mapping[str, Any], **parameters: Any) -> Curation:
    step = steps.begin(curator=curator, kind=kind, action=action, selection=selection, parameters=parameters)
    return steps.advance(step.pk, seconds=60)


def undo(step: Curation, by: User) -> Curation:
    steps.begin_undo(step.pk, by=by)
    return steps.advance(step.pk, seconds=60)


ALL = {"query": {}}
PARAMETERS: dict[Action, dict[str, Any]] = {
    Action.SET_TAG: {"tag": "joy", "score": 3.0},
    Action.REMOVE_TAG: {"tag": "joy"},
}


def weights(kind: Kind) -> dict[int, float]:
    model = MovieTag if kind == Kind.MOVIE else TrackTag
    return {pk: round(weight, 9) for pk, weight in model._default_manager.values_list("pk", "weight")}


@pytest.mark.parametrize("action", [a for a in Action if a not in (Action.EDIT, Action.IMPORT)])
def test_every_action_on_films_is_noted_and_undone(curator: User, films: list[Movie], action: Action) -> None:
    writes.set_hidden(Movie.objects.filter(pk=films[0].pk), is_hidden=True)
    writes.set_pinned(Movie.objects.filter(pk=films[1].pk), is_pinned=True)
    writes.set_suicide_theme(Movie.objects.filter(pk=films[2].pk), has_suicide_theme=True)
    writes.set_tag(films[3:], Emotion.ANGER, 0.0)
    ids = [film.pk for film in films]
    before, weights_before = read_states(Kind.MOVIE, ids), weights(Kind.MOVIE)
    step = carry_out(curator, Kind.MOVIE, action, ALL, **PARAMETERS.get(action, {}))
    assert (step.state, step.total, step.handled) == (State.DONE, 5, 5)
    after = read_states(Kind.MOVIE, ids)
    assert step.changed == sum(before[pk] != after[pk] for pk in ids) > 0
    step = undo(step, curator)
    assert (step.state, step.restored, step.undone_by) == (State.UNDONE, step.changed, curator)
    assert read_states(Kind.MOVIE, ids) == before
    assert weights(Kind.MOVIE) == weights_before
    assert not step.changes.filter(is_undone=False).exists()


@pytest.mark.parametrize("action", [Action.APPROVE, Action.SET_TAG, Action.REMOVE_TAG, Action.PIN, Action.HIDE])
def test_every_action_on_tracks_is_undone_with_its_rank(curator: User, tracks: list[Track], action: Action) -> None:
    writes.set_pinned(Track.objects.filter(pk=tracks[0].pk), is_pinned=True)
    writes.curate_scores(tracks, {(tracks[1].pk, Mood.SAD): 0.9})
    before, weights_before = read_states(Kind.TRACK, [t.pk for t in tracks]), weights(Kind.TRACK)
    parameters = {"tag": "calm"} | ({"score": 0.75} if action == Action.SET_TAG else {})
    step = carry_out(curator, Kind.TRACK, action, ALL, **parameters)
    assert step.changed > 0
    assert undo(step, curator).restored == step.changed
    assert read_states(Kind.TRACK, [t.pk for t in tracks]) == before
    assert weights(Kind.TRACK) == weights_before


def test_a_change_says_only_what_differs(curator: User, films: list[Movie]) -> None:
    step = carry_out(curator, Kind.MOVIE, Action.SET_TAG, {"ids": [films[0].pk]}, tag="joy", score=3.0)
    [change] = step.changes.all()
    assert change.before == {"tags": {"joy": [1.5, "reviews"]}}
    assert change.after == {"tags": {"joy": [3.0, "curated"]}}
    assert change.item == films[0]


def test_undo_leaves_what_was_changed_since(curator: User, films: list[Movie]) -> None:
    step = carry_out(curator, Kind.MOVIE, Action.SET_TAG, ALL, tag="joy", score=3.0)
    carry_out(curator, Kind.MOVIE, Action.SET_TAG, {"ids": [films[0].pk]}, tag="joy", score=5.0)
    step = undo(step, curator)
    assert (step.restored, step.changed) == (4, 5)
    scores = MovieTag.objects.filter(emotion="joy").order_by("movie_id").values_list("score", flat=True)
    assert list(scores) == [5.0, 1.5, 1.5, 1.5, 1.5]


def test_undo_gives_the_word_that_the_model_says_today(curator: User, films: list[Movie]) -> None:
    step = carry_out(curator, Kind.MOVIE, Action.REMOVE_TAG, ALL, tag="joy")
    services.upsert_movies([movie_row(1, lifts=dict.fromkeys(FEELINGS, 2.5))])
    assert MovieTag.objects.get(movie=films[0], emotion="joy").score == 0.0
    undo(step, curator)
    tag = MovieTag.objects.get(movie=films[0], emotion="joy")
    assert (tag.score, tag.source, tag.model_score, tag.model_source) == (2.5, Source.REVIEWS, None, "")


def test_a_tag_that_an_item_lacked_comes_and_goes(curator: User, films: list[Movie]) -> None:
    MovieTag.objects.filter(movie=films[0], emotion="joy").delete()
    step = carry_out(curator, Kind.MOVIE, Action.SET_TAG, {"ids": [films[0].pk]}, tag="joy", score=2.0)
    assert MovieTag.objects.get(movie=films[0], emotion="joy").weight > 1
    undo(step, curator)
    assert not MovieTag.objects.filter(movie=films[0], emotion="joy").exists()


def test_retag_gives_a_pinned_track_its_rank_back(curator: User, tracks: list[Track]) -> None:
    tag = TrackTag.objects.filter(weight__gt=0).earliest("pk")
    rank = tag.weight
    writes.set_pinned(Track.objects.filter(pk=tag.track_id), is_pinned=True)
    tag.refresh_from_db()
    tag.score = 0.0
    writes.curate_tag(tag)
    carry_out(curator, Kind.TRACK, Action.RETAG, ALL)
    tag.refresh_from_db()
    assert tag.weight == pytest.approx(rank + PINNED_BONUS)
    assert tag.source == Source.FEATURES


def test_a_step_goes_on_where_it_was_cut_off(
    curator: User, films: list[Movie], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 2)
    step = steps.begin(curator=curator, kind=Kind.MOVIE, action=Action.HIDE, selection={"query": {"hidden": "no"}})
    assert step.total == 5
    handled = []
    while step.is_at_work:
        step = steps.advance(step.pk, seconds=0)
        handled.append(step.handled)
    assert handled == [2, 4, 5, 5]
    assert Movie.objects.filter(is_hidden=True).count() == 5
    assert steps.advance(step.pk, seconds=0).state == State.DONE  # asked once more, nothing happens


def test_a_step_is_undone_once(curator: User, films: list[Movie]) -> None:
    step = carry_out(curator, Kind.MOVIE, Action.HIDE, ALL)
    undo(step, curator)
    with pytest.raises(ValueError, match="is undone"):
        steps.begin_undo(step.pk, by=curator)


@pytest.mark.parametrize(
    ("kind", "action", "parameters", "error"),
    [
        (Kind.TRACK, Action.MARK_SUICIDE_THEME, {}, "nothing that can be done to a track"),
        (Kind.MOVIE, Action.EDIT, {}, "nothing that can be done to a movie"),
        (Kind.MOVIE, Action.SET_TAG, {"tag": "calm", "score": 1.0}, "calm: no tag"),
        (Kind.MOVIE, Action.REMOVE_TAG, {}, "None: no tag"),
        (Kind.TRACK, Action.SET_TAG, {"tag": "calm", "score": 1.1}, "0 to 1"),
        (Kind.TRACK, Action.SET_TAG, {"tag": "calm"}, "0 to 1"),
        (Kind.MOVIE, Action.SET_TAG, {"tag": "joy", "score": float("nan")}, "0 to 10"),
    ],
)
def test_what_cannot_be_done_is_refused(
    curator: User, kind: Kind, action: Action, parameters: dict[str, Any], error: str
) -> None:
    with pytest.raises(ValueError, match=error):
        steps.begin(curator=curator, kind=kind, action=action, selection=ALL, parameters=parameters)
    assert not Curation.objects.exists()


def test_the_account_of_a_curator_may_go(curator: User, films: list[Movie]) -> None:
    step = carry_out(curator, Kind.MOVIE, Action.HIDE, ALL)
    curator.delete()
    step.refresh_from_db()
    assert step.curator is None
    assert step.changes.count() == 5


@pytest.mark.postgresql_only
@pytest.mark.django_db(transaction=True)
def test_two_that_go_on_at_once_do_everything_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(steps, "CHUNK", 5)
    services.upsert_movies([movie_row(number) for number in range(1, 101)])
    user: User = make_user("curator@example.com", is_staff=True)
    step = steps.begin(
        curator=user,
        kind=Kind.MOVIE,
        action=Action.SET_TAG,
        selection={"query": {"hidden": "no"}},
        parameters={"tag": "joy", "score": 9.0},
    )

    def work() -> None:
        try:
            while steps.advance(step.pk, seconds=0).is_at_work:
                pass
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        for future in [pool.submit(work) for _ in range(4)]:
            future.result()
    step.refresh_from_db()
    assert (step.state, step.handled, step.changed) == (State.DONE, 100, 100)
    assert step.changes.count() == 100
