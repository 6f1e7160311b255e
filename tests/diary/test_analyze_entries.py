"""`manage.py analyze_entries`: old entries are read by another model, step by step."""

from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from accounts.models import User
from diary import analysis, services
from diary.models import Analysis, Entry
from ml.emotion.predict import Predictor
from ml.errors import ModelError
from ml.labels import Emotion
from tests.factories import make_entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_entries(owner: User, catalogue: None) -> list[Entry]:
    """Five entries: four read by a version that is no longer in use, one unread."""
    entries = [make_entry(owner) for _ in range(5)]
    for entry in entries[:4]:
        analysis.analyze_entry(str(entry.pk), entry.revision)
    Analysis.objects.update(model_version="old")
    return entries


def versions() -> list[str]:
    return sorted(Analysis.objects.values_list("model_version", flat=True))


def test_analyze_entries_reads_the_unread_only(old_entries: list[Entry]) -> None:
    call_command("analyze_entries")
    assert versions() == sorted(["old"] * 4 + [analysis.get_predictor().model_version])


def test_analyze_entries_all_reads_every_one(old_entries: list[Entry], capsys: pytest.CaptureFixture[str]) -> None:
    call_command("analyze_entries", all=True, model="shipped")
    version = analysis.get_predictor().model_version
    assert versions() == [version] * 5
    assert f"5 of 5 entries analysed by {version}" in capsys.readouterr().out
    call_command("analyze_entries", all=True)
    assert "0 of 0 entries" in capsys.readouterr().out


def test_analyze_entries_stopped_goes_on_where_it_was(
    old_entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(analysis, "BATCH_SIZE", 2)
    predict = Predictor.predict
    calls: list[int] = []

    def predict_until_stopped(self: Predictor, texts: list[str]) -> object:
        calls.append(len(texts))
        if len(calls) == 2:
            raise KeyboardInterrupt
        return predict(self, texts)

    monkeypatch.setattr(Predictor, "predict", predict_until_stopped)
    with pytest.raises(KeyboardInterrupt):
        call_command("analyze_entries", all=True)
    assert versions().count("old") in {2, 3}  # the unread one may be among the first two
    call_command("analyze_entries", all=True)
    assert "old" not in versions()
    assert sum(calls[2:]) == 3


def test_analyze_entries_keeps_corrections(old_entries: list[Entry]) -> None:
    services.correct_emotion(entry=old_entries[0], emotion=Emotion.JOY)
    call_command("analyze_entries", all=True)
    entry = Entry.objects.get(pk=old_entries[0].pk)
    assert entry.emotion == Emotion.JOY
    assert entry.analysis.label == Emotion.SADNESS
    movies = entry.recommendations.current().filter(movie__isnull=False, strategy="match")
    assert set(movies.values_list("tag", flat=True)) == {Emotion.JOY}


def test_analyze_entries_unknown_model_says_so(old_entries: list[Entry]) -> None:
    with pytest.raises(CommandError, match="no-such-version"):
        call_command("analyze_entries", model="no-such-version")


def test_analyze_entries_model_that_breaks_says_how_far_it_came(
    old_entries: list[Entry], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(folder: Path) -> Predictor:
        raise ModelError("broken")

    monkeypatch.setattr(analysis, "load_predictor", fail)
    with pytest.raises(CommandError, match="0 entries analysed, then: broken"):
        call_command("analyze_entries", model="shipped")
