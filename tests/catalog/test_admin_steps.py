"""Actions of curators on many items: chosen, previewed, begun, gone on with, undone; and by whom not."""

import json
import re
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.http import HttpResponse
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries, DjangoCaptureOnCommitCallbacks

from catalog import services, tasks
from catalog.curation import steps
from catalog.models import Action, Curation, Kind, Movie, MovieTag, Source, Track, TrackTag
from tests.factories import make_user, movie_row

pytestmark = pytest.mark.django_db

MOVIES = reverse("admin:catalog_movie_changelist")
TRACKS = reverse("admin:catalog_track_changelist")
STEPS = reverse("admin:catalog_curation_changelist")
State = Curation.State


def log_in(email: str, *rights: str) -> Client:
    """Staff with some rights on the catalogue."""
    user = make_user(email, is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="catalog", codename__in=rights))
    client = Client(headers={"accept-language": "ko"})
    client.force_login(user)
    return client


@pytest.fixture
def curator(db: None) -> Client:
    return log_in("curator@example.com", "view_movie", "change_movie", "view_track", "change_track")


def choose(client: Client, url: str, action: str, **fields: Any) -> HttpResponse:
    return client.post(url, {"action": action, **fields})


def begin(client: Client, preview: HttpResponse, **fields: Any) -> Curation:
    """Press the button of a preview; the step as it stands then."""
    context = preview.context
    url = reverse(f"admin:catalog_{context['opts'].model_name}_curate")
    data = {"action": context["action"].value, "selection": context["selection"], "begin": "1"}
    response = client.post(url, data | fields)
    assert response.status_code == 302, response.text
    return Curation.objects.get(pk=int(response["Location"].strip("/").split("/")[-1]))


def go_on(client: Client, step: Curation) -> Curation:
    """Press the button that goes on with a step, until it is done."""
    while step.is_at_work:
        assert client.post(reverse("admin:catalog_curation_advance", args=[step.pk])).status_code == 302
        step.refresh_from_db()
    return step


def test_chosen_films_are_hidden_after_a_preview_and_shown_again(curator: Client, catalogue: None) -> None:
    chosen = sorted(Movie.objects.values_list("pk", flat=True)[:3])
    preview = choose(curator, MOVIES, "hide", _selected_action=chosen)
    assert "모두 3개" in preview.text
    assert "숨김: 아니요" in preview.text
    assert not Movie.objects.filter(is_hidden=True).exists()
    step = go_on(curator, begin(curator, preview))
    assert (step.state, step.changed, step.curator.email) == (State.DONE, 3, "curator@example.com")
    assert sorted(Movie.objects.filter(is_hidden=True).values_list("pk", flat=True)) == chosen
    undo(curator, step)
    assert not Movie.objects.filter(is_hidden=True).exists()


def undo(client: Client, step: Curation) -> Curation:
    url = reverse("admin:catalog_curation_undo", args=[step.pk])
    assert "되돌릴까요" in client.get(url).text
    assert client.post(url).status_code == 302
    step.refresh_from_db()
    return go_on(client, step)


def test_everything_that_a_filter_matches_is_what_was_counted(
    curator: Client, catalogue: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(steps, "CHUNK", 7)
    monkeypatch.setattr(steps, "SECONDS_A_REQUEST", 0)
    preview = choose(curator, f"{MOVIES}?strong=joy&q=film", "set_tag", select_across="1")
    assert "모두 40개" in preview.text
    step = begin(curator, preview, tag="joy", score="4.5")
    curator.post(reverse("admin:catalog_curation_advance", args=[step.pk]))
    step.refresh_from_db()
    assert (step.state, step.handled, step.changed) == (State.RUNNING, 7, 7)
    page = curator.get(reverse("admin:catalog_curation_step", args=[step.pk])).text
    assert "40개 중 7개를 살펴봤어요" in page
    assert "검색어: film, 뚜렷한 태그: 기쁨 — 모두 40개" in page
    another = log_in("another@example.com", "change_movie")  # the first one's tab was closed
    step = go_on(another, step)
    assert (step.state, step.handled, step.changed) == (State.DONE, 40, 40)
    curated = MovieTag.objects.filter(source=Source.CURATED)
    assert set(curated.values_list("score", "emotion")) == {(4.5, "joy")}
    assert curated.count() == 40
    step = undo(curator, step)
    assert (step.state, step.restored) == (State.UNDONE, 40)
    assert not MovieTag.objects.filter(source=Source.CURATED).exists()


def test_a_preview_shows_what_would_be_and_leaves_everything(curator: Client, catalogue: None) -> None:
    preview = choose(curator, f"{TRACKS}?strong=calm", "remove_tag", select_across="1")
    url = reverse("admin:catalog_track_curate")
    data = {"action": "remove_tag", "selection": preview.context["selection"], "tag": "calm", "look": "1"}
    shown = curator.post(url, data).context["preview"]
    assert shown.count == 40
    assert len(shown.examples) == 20
    lines = {(line.label, line.before, line.after) for example in shown.examples for line in example.lines}
    assert lines == {("잔잔한", "85% (오디오 특징)", "0% (큐레이터)")}
    assert not TrackTag.objects.filter(source=Source.CURATED).exists()
    assert not Curation.objects.exists()


def test_films_whose_model_word_nobody_knows_are_counted_and_left(curator: Client) -> None:
    services.upsert_movies([movie_row(number) for number in (1, 2, 3)])
    old = MovieTag.objects.filter(movie__tmdb_id=1, emotion="joy")
    old.update(source=Source.CURATED, score=0.0)  # as curators left it before the model's word was kept
    preview = choose(curator, MOVIES, "retag", select_across="1")
    assert "영화 1편" in preview.text
    step = go_on(curator, begin(curator, preview))
    assert step.changed == 0
    assert old.get().is_curated
    page = curator.get(reverse("admin:catalog_curation_step", args=[step.pk])).text
    assert "이미 그렇게 되어 있었어요" in page


def test_tracks_whose_model_word_nobody_knows_are_classified_anew(curator: Client, catalogue: None) -> None:
    [track] = Track.objects.filter(title="calm song 3001")
    TrackTag.objects.filter(track=track).update(source=Source.CURATED, score=0.0, weight=0.0)
    preview = choose(curator, TRACKS, "retag", _selected_action=[track.pk])
    step = go_on(curator, begin(curator, preview))
    assert step.changed == 1
    tags = list(track.tags.all())
    assert {tag.source for tag in tags} == {Source.FEATURES}
    assert sum(tag.score for tag in tags) == pytest.approx(1)
    assert any(tag.weight > 0 for tag in tags)
    undo(curator, step)
    assert set(track.tags.values_list("source", "score")) == {(Source.CURATED, 0.0)}


def test_undo_says_how_many_were_changed_since(curator: Client, catalogue: None) -> None:
    first, second = Movie.objects.order_by("pk")[:2]
    step = go_on(curator, begin(curator, choose(curator, MOVIES, "pin", _selected_action=[first.pk, second.pk])))
    go_on(curator, begin(curator, choose(curator, MOVIES, "unpin", _selected_action=[first.pk])))
    step = undo(curator, step)
    assert (step.changed, step.restored) == (2, 1)
    page = curator.get(reverse("admin:catalog_curation_step", args=[step.pk])).text
    assert "다시 바뀐 1개는 그대로" in page


@pytest.mark.parametrize("fields", [{}, {"action": ""}, {"action": "hide"}])
def test_nothing_chosen_changes_nothing(curator: Client, catalogue: None, fields: dict[str, str]) -> None:
    response = curator.post(MOVIES, fields, follow=True)
    assert response.status_code == 200
    assert len(list(response.context["messages"])) == 1
    assert not Curation.objects.exists()


FORGED = [
    {"action": "edit"},
    {"action": "import"},
    {"action": "set_tag", "tag": "joy", "score": "nan"},
    {"action": "set_tag", "tag": "joy", "score": "11"},
    {"action": "set_tag", "tag": "calm", "score": "1"},
    {"selection": ""},
    {"selection": "[]"},
    {"selection": '{"ids": []}'},
    {"selection": '{"ids": ["x"]}'},
    {"selection": '{"ids": [true]}'},
    {"selection": '{"ids": [1], "query": {}}'},
    {"selection": '{"query": {"hidden": "maybe"}}'},
    {"selection": '{"query": {"hidden": ["yes"]}}'},
    {"selection": json.dumps({"ids": list(range(1, 1_002))})},
    {"selection": "[" * 100_000},
    {"selection": '{"query": {"q": "\\u0000"}}'},
    {"selection": '{"query": {"q": "\\ud800"}}'},
    {"selection": json.dumps({"query": {"q": "x" * 1_001}})},
    {"selection": '{"query": {"added_from": "0001-01-01"}}'},
]


@pytest.mark.parametrize("forged", FORGED)
def test_forged_posts_begin_nothing(curator: Client, catalogue: None, forged: dict[str, str]) -> None:
    data = {"action": "hide", "selection": '{"query": {}}', "begin": "1"} | forged
    response = curator.post(reverse("admin:catalog_movie_curate"), data)
    assert response.status_code in (200, 400)
    assert not Curation.objects.exists()


def test_tracks_know_no_action_of_films(curator: Client, catalogue: None) -> None:
    assert choose(curator, TRACKS, "mark_suicide_theme", select_across="1").status_code == 400


def test_who_may_only_look_sees_no_actions_and_does_nothing(curator: Client, catalogue: None) -> None:
    step = begin(curator, choose(curator, MOVIES, "hide", select_across="1"))
    viewer = log_in("viewer@example.com", "view_movie", "view_curation")
    assert 'name="action"' in curator.get(MOVIES).text
    assert 'name="action"' not in viewer.get(MOVIES).text
    assert choose(viewer, MOVIES, "hide", select_across="1").status_code == 403
    data = {"action": "hide", "selection": '{"query": {}}', "begin": "1"}
    assert viewer.post(reverse("admin:catalog_movie_curate"), data).status_code == 403
    page = viewer.get(reverse("admin:catalog_curation_step", args=[step.pk]))
    assert page.status_code == 200
    assert "data-advance" not in page.text
    assert viewer.post(reverse("admin:catalog_curation_advance", args=[step.pk])).status_code == 403
    step = go_on(curator, step)
    assert viewer.post(reverse("admin:catalog_curation_undo", args=[step.pk])).status_code == 403
    assert Movie.objects.filter(is_hidden=False).count() == 0


def test_who_curates_tracks_sees_no_step_of_films(curator: Client, catalogue: None) -> None:
    step = begin(curator, choose(curator, MOVIES, "hide", select_across="1"))
    other = log_in("tracks@example.com", "change_track")
    assert other.get(STEPS).context["cl"].result_count == 0
    assert curator.get(STEPS).context["cl"].result_count == 1
    assert other.get(reverse("admin:catalog_curation_step", args=[step.pk])).status_code == 404
    assert other.post(reverse("admin:catalog_curation_advance", args=[step.pk])).status_code == 404


def test_the_list_of_steps_is_filtered_and_paged(curator: Client) -> None:
    """By the admin's own filters: what the lists of films have beside them means nothing here."""
    head = log_in("head@example.com", "view_curation")
    for action in [Action.HIDE, *[Action.PIN] * 50]:
        steps.begin(curator=None, kind=Kind.MOVIE, action=action, selection={"ids": []})
    page = head.get(STEPS)
    assert "<h1>큐레이션 기록</h1>" in page.text
    assert re.search(r"\d+년 \d+월 \d+일 (오전|오후) \d+:\d\d", page.text)
    assert 'type="search"' not in page.text
    assert "?action__exact=hide" in page.text
    assert head.get(STEPS, {"action__exact": "hide"}).context["cl"].result_count == 1
    assert "?p=2" in page.text
    assert len(head.get(STEPS, {"p": 2}).context["cl"].result_list) == 1


def test_a_step_on_one_item_tells_which_it_is(curator: Client) -> None:
    services.upsert_movies([movie_row(number) for number in range(1, 8)])
    pages = []
    for movie in Movie.objects.order_by("pk"):
        go_on(curator, begin(curator, choose(curator, MOVIES, "hide", _selected_action=[movie.pk])))
        with CaptureQueriesContext(connection) as queries:
            pages.append((curator.get(STEPS).text, len(queries)))
        assert f'<td class="field-selected">{movie}</td>' in pages[-1][0]
    assert pages[0][1] == pages[-1][1]
    step = Curation.objects.latest("pk")
    assert f"영화, {movie}" in curator.get(reverse("admin:catalog_curation_step", args=[step.pk])).text


def test_own_steps_are_undone_for_a_day_and_by_holders_of_the_right_ever_after(
    curator: Client, catalogue: None
) -> None:
    step = go_on(curator, begin(curator, choose(curator, MOVIES, "hide", select_across="1")))
    url = reverse("admin:catalog_curation_undo", args=[step.pk])
    another = log_in("another@example.com", "view_movie", "change_movie")
    assert another.post(url).status_code == 403
    Curation.objects.update(created_at=timezone.now() - timedelta(hours=25))
    assert curator.post(url).status_code == 403
    assert curator.get(url).status_code == 403
    head = log_in("head@example.com", "change_movie", "undo_curation")
    assert undo(head, step).state == State.UNDONE
    for again in (head.post, head.get):  # from a second tab, and by the browser's button that goes back
        assert "이미 되돌렸거나 아직 하는 중이에요" in again(url, follow=True).text
    step.refresh_from_db()
    assert step.state == State.UNDONE


def test_the_script_is_told_how_far_a_step_is(curator: Client, catalogue: None) -> None:
    step = begin(curator, choose(curator, MOVIES, "pin", select_across="1"))
    url = reverse("admin:catalog_curation_advance", args=[step.pk])
    answer = curator.post(url, headers={"accept": "application/json"}).json()
    assert answer == {"is_at_work": False, "done": 200, "total": 200, "text": "200개 중 200개를 살펴봤어요."}


def test_pages_of_steps_take_few_queries(
    curator: Client, catalogue: None, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    step = go_on(curator, begin(curator, choose(curator, MOVIES, "pin", select_across="1")))
    page = reverse("admin:catalog_curation_step", args=[step.pk])
    for url, most in ((page, 8), (STEPS, 9)):
        curator.get(url)
        with django_assert_max_num_queries(most):
            curator.get(url)
    following = curator.get(page).context["page"].rows[-1].id
    assert len(curator.get(page, {"after": following}).context["page"].rows) == 50
    assert curator.get(page, {"after": "x"}).status_code == 404


def test_a_worker_goes_on_with_a_step(
    curator: Client, catalogue: None, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    step = begin(curator, choose(curator, MOVIES, "pin", select_across="1"))
    assert step.state == State.RUNNING  # without a broker nobody was asked
    monkeypatch.setattr(steps, "CHUNK", 80)
    monkeypatch.setattr(tasks, "SECONDS_A_TASK", 0)
    queued: list[int] = []
    monkeypatch.setattr(tasks, "queue_curation", queued.append)
    for _ in range(4):
        tasks.advance_curation_task(step.pk)
    assert queued == [step.pk] * 3
    step.refresh_from_db()
    assert (step.state, step.changed) == (State.DONE, 200)


def test_a_worker_is_asked_where_there_are_any_and_none_is_needed(
    curator: Client,
    catalogue: None,
    monkeypatch: pytest.MonkeyPatch,
    settings: Any,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    asked: list[int] = []

    def fail(curation_id: int) -> None:
        asked.append(curation_id)
        raise ConnectionError("no broker")

    monkeypatch.setattr(tasks.advance_curation_task, "delay", fail)
    settings.CELERY_TASK_ALWAYS_EAGER = False
    preview = choose(curator, MOVIES, "pin", select_across="1")
    with django_capture_on_commit_callbacks(execute=True):
        step = begin(curator, preview)
    assert asked == [step.pk]
    assert go_on(curator, step).changed == 200  # the broker was down, and the page did it
