"""What a writer says that an entry feels like stands above what a model read, and leaves only with their consent."""

import csv
import stat
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from rest_framework.test import APIClient

from accounts.models import User
from diary import analysis, selectors, services
from diary.models import Correction, Entry
from ml.emotion.corpora.table import load_csv
from ml.labels import FILM_EMOTION, Emotion, Strategy
from tests.factories import HAPPY, SAD, make_entry, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_entry(owner: User, catalogue: None) -> Entry:
    """The sad entry, read as sadness."""
    entry = make_entry(owner)
    assert analysis.analyze_entry(str(entry.pk), entry.revision)
    return selectors.get_entry(user=owner, entry_id=entry.pk)


def test_correction_counts_and_the_models_reading_stays(owner: User, read_entry: Entry) -> None:
    entry = services.correct_emotion(entry=read_entry, emotion=Emotion.ANGER)
    assert (entry.emotion, entry.analysis.label) == (Emotion.ANGER, Emotion.SADNESS)
    assert [e.pk for e in selectors.list_entries(user=owner, emotion=Emotion.ANGER)] == [entry.pk]
    assert not selectors.list_entries(user=owner, emotion=Emotion.SADNESS)


def test_correction_is_answered_anew(read_entry: Entry) -> None:
    entry = services.correct_emotion(entry=read_entry, emotion=Emotion.ANGER)
    answer = selectors.answer_of(entry, Strategy.MATCH)
    assert answer is not None
    assert answer.emotion == FILM_EMOTION[Strategy.MATCH][Emotion.ANGER]
    assert {r.tag for r in answer.movies} == {Emotion.ANGER}
    assert len(answer.movies) == 3


def test_undo_counts_as_read_again(owner: User, read_entry: Entry) -> None:
    entry = services.undo_correction(entry=services.correct_emotion(entry=read_entry, emotion=Emotion.ANGER))
    assert entry.emotion == Emotion.SADNESS
    assert not Correction.objects.exists()
    answer = selectors.answer_of(entry, Strategy.MATCH)
    assert answer is not None
    assert {r.tag for r in answer.movies} == {Emotion.SADNESS}


def test_correction_overtakes_a_reading_under_way(owner: User, read_entry: Entry) -> None:
    services.correct_emotion(entry=read_entry, emotion=Emotion.ANGER)
    [prediction] = analysis.get_predictor().predict([read_entry.text])
    assert not analysis.save_prediction(read_entry, prediction)  # read before the correction


def test_correction_survives_an_edit_and_a_new_reading(
    owner: User, read_entry: Entry, django_capture_on_commit_callbacks: object
) -> None:
    entry = services.correct_emotion(entry=read_entry, emotion=Emotion.ANGER)
    with django_capture_on_commit_callbacks(execute=True):  # type: ignore[operator]
        services.update_entry(entry=entry, text=HAPPY, written_on=entry.written_on, revision=entry.revision)
    entry = selectors.get_entry(user=owner, entry_id=entry.pk)
    assert (entry.status, entry.analysis.label, entry.emotion) == ("analyzed", Emotion.JOY, Emotion.ANGER)
    answer = selectors.answer_of(entry, Strategy.MATCH)
    assert answer is not None
    assert {r.tag for r in answer.movies} == {Emotion.ANGER}


def test_correct_page_owner_chooses_and_undoes(owner_client: Client, read_entry: Entry) -> None:
    url = reverse("diary:entry-correct", args=[read_entry.pk])
    response = owner_client.post(url, {"emotion": "anger"}, follow=True)
    assert "내가 알려 준 마음" in response.text
    assert owner_client.post(url, {"emotion": "love"}).status_code == 302
    assert Correction.objects.get().label == "anger"
    owner_client.post(url, {"emotion": "undo"})
    assert not Correction.objects.exists()


def test_correct_page_outsider_404_anonymous_login(outsider_client: Client, read_entry: Entry) -> None:
    url = reverse("diary:entry-correct", args=[read_entry.pk])
    assert outsider_client.post(url, {"emotion": "anger"}).status_code == 404
    assert reverse("account_login") in Client().post(url, {"emotion": "anger"}).url
    assert not Correction.objects.exists()


def test_settings_page_turns_consent_on_and_off(owner: User, owner_client: Client) -> None:
    url = reverse("accounts:settings")
    for sent, kept in (({"shares_corrections": "on"}, True), ({}, False)):
        owner_client.post(url, sent)
        owner.refresh_from_db()
        assert owner.shares_corrections is kept
    assert reverse("account_login") in Client().get(url).url


def correct_one(email: str, *, shares: bool, text: str) -> None:
    user = make_user(email, shares_corrections=shares)
    Correction.objects.create(entry=make_entry(user, text=text), label=Emotion.EMBARRASSMENT)


def test_export_corrections_of_consenting_people_only(tmp_path: Path) -> None:
    correct_one("yes@example.com", shares=True, text='쉼표, "따옴표"\n그리고 줄바꿈')
    correct_one("no@example.com", shares=False, text="비밀")
    make_entry(User.objects.get(email="yes@example.com"), text="고치지 않은 글")
    file = tmp_path / "corrections.csv"
    call_command("export_corrections", output=file)
    with file.open(encoding="utf-8", newline="") as rows:
        assert list(csv.reader(rows)) == [["text", "emotion"], ['쉼표, "따옴표"\n그리고 줄바꿈', "embarrassment"]]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert list(tmp_path.iterdir()) == [file]


def test_export_corrections_is_what_training_reads(tmp_path: Path) -> None:
    correct_one("yes@example.com", shares=True, text=SAD)
    call_command("export_corrections", output=tmp_path / "corrections.csv")
    [example] = load_csv(tmp_path / "corrections.csv")
    assert (example.text, example.label) == (SAD, Emotion.EMBARRASSMENT)


def test_export_corrections_to_nowhere_says_so(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="No such file or directory"):
        call_command("export_corrections", output=tmp_path / "missing" / "corrections.csv")


def endpoint_of(entry: Entry) -> str:
    return f"/api/v1/entries/{entry.pk}/correction/"


def test_api_correction_counts_and_is_taken_back(owner_api: APIClient, read_entry: Entry) -> None:
    response = owner_api.put(endpoint_of(read_entry), {"label": "anger"}, format="json")
    body = response.json()
    assert response.status_code == 200
    assert response["ETag"].startswith(f'"{read_entry.revision + 1}-')
    assert (body["correction"]["label"], body["analysis"]["label"]) == ("anger", "sadness")
    assert {film["emotion"] for film in body["recommendations"]["match"]["movies"]} == {"anger"}
    assert len(owner_api.get("/api/v1/entries/?emotion=anger").json()["results"]) == 1

    body = owner_api.delete(endpoint_of(read_entry)).json()
    assert body["correction"] is None
    assert {film["emotion"] for film in body["recommendations"]["match"]["movies"]} == {"sadness"}


def test_api_correction_of_an_unread_entry_is_kept(owner_api: APIClient, owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    assert owner_api.put(endpoint_of(entry), {"label": "joy"}, format="json").json()["correction"]["label"] == "joy"


@pytest.mark.parametrize("body", [{}, {"label": "love"}, {"label": None}, {"label": "joy", "mood": "happy"}, ["joy"]])
def test_api_correction_wrong_body_changes_nothing(owner_api: APIClient, read_entry: Entry, body: object) -> None:
    response = owner_api.put(endpoint_of(read_entry), body, format="json")
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert not Correction.objects.exists()


@pytest.mark.parametrize("method", ["put", "delete"])
def test_api_correction_of_another_persons_entry_is_404(
    outsider_api: APIClient, read_entry: Entry, method: str
) -> None:
    response = getattr(outsider_api, method)(endpoint_of(read_entry), {"label": "anger"}, format="json")
    assert response.status_code == 404
    assert not Correction.objects.exists()


def test_undo_of_nothing_changes_nothing(owner: User, read_entry: Entry) -> None:
    """A phone that syncs need not fetch it again."""
    entry = services.undo_correction(entry=read_entry)
    assert (entry.changed_at, entry.revision) == (read_entry.changed_at, read_entry.revision)
