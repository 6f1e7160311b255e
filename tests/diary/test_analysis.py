"""The sole door to the model: an edit beats a late result, and a failure leaves the entry readable later."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from pytest_django import Settings

from accounts.models import User
from diary import analysis
from diary.models import Analysis, Entry
from ml.artifacts import EMOTION_HYBRID
from ml.emotion.predict import Predictor
from ml.errors import ModelError
from tests.factories import HAPPY, make_entry, rewrite

pytestmark = pytest.mark.django_db


def test_analyze_entry_scores_and_sentences(owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    assert analysis.analyze_entry(str(entry.pk), entry.revision)
    saved = Analysis.objects.get(entry=entry)
    assert sum(saved.scores.values()) == pytest.approx(1, abs=1e-3)
    assert len(saved.scores) == 6
    assert [entry.text[s["start"] : s["end"]] for s in saved.sentences] == [
        "오늘 할머니 장례식에 다녀왔다.",
        "빈소에서 사진을 보니 눈물이 멈추지 않았다.",
        "너무 보고 싶고 슬프다.",
    ]
    assert saved.model_version == analysis.get_predictor().model_version


def test_analyze_entry_of_an_older_revision_is_not_saved(owner: User) -> None:
    entry = make_entry(owner, revision=2)
    assert not analysis.analyze_entry(str(entry.pk), 1)
    assert not Analysis.objects.exists()


def test_analyze_entry_edited_while_it_is_read(owner: User, catalogue: None, monkeypatch: pytest.MonkeyPatch) -> None:
    entry = make_entry(owner)
    predict = Predictor.predict

    def predict_while_edited(self: Predictor, texts: list[str]) -> list[object]:
        rewrite(Entry.objects.get(), HAPPY, revision=2)
        return predict(self, texts)

    monkeypatch.setattr(Predictor, "predict", predict_while_edited)
    assert not analysis.analyze_entry(str(entry.pk), 1)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.PENDING
    assert not Analysis.objects.exists()


def test_analyze_entry_deleted_meanwhile(owner: User) -> None:
    entry = make_entry(owner)
    pk = str(entry.pk)
    entry.delete()
    assert not analysis.analyze_entry(pk, 1)


def test_analyze_entry_without_a_model(owner: User, settings: Settings, tmp_path: Path) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    entry = make_entry(owner)
    with pytest.raises(ModelError):
        analysis.analyze_entry(str(entry.pk), 1)


def test_analyze_entry_by_the_second_model_that_ships(owner: User, catalogue: None, settings: Settings) -> None:
    settings.EMOTION_MODEL_DIR = EMOTION_HYBRID
    entry = make_entry(owner, "사람들 앞에서 넘어져서 너무 창피했다")
    assert analysis.analyze_entry(str(entry.pk), 1)
    reading = Analysis.objects.get(entry=entry)
    assert reading.model_version.startswith("hybrid-")
    assert reading.label == "embarrassment"
    assert entry.recommendations.count() == 12


def test_analyze_entry_read_already_has_nothing_to_do(owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    assert analysis.analyze_entry(str(entry.pk), 1)
    assert not analysis.analyze_entry(str(entry.pk), 1)
    assert entry.recommendations.count() == 12


def test_mark_failed_does_not_undo_a_reading(owner: User, catalogue: None) -> None:
    entry = make_entry(owner)
    analysis.analyze_entry(str(entry.pk), 1)
    analysis.mark_failed(str(entry.pk), 1)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED


def test_analyze_pending_reads_what_is_unread(
    owner: User, catalogue: None, capsys: pytest.CaptureFixture[str]
) -> None:
    make_entry(owner)
    make_entry(owner, status=Entry.Status.FAILED)
    call_command("analyze_pending")
    assert "2 of 2" in capsys.readouterr().out
    assert not Entry.objects.unanalyzed().exists()


def test_analyze_pending_without_a_model_says_so(owner: User, settings: Settings, tmp_path: Path) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    make_entry(owner)
    with pytest.raises(CommandError, match="0 of 1"):
        call_command("analyze_pending")
