"""Writes of the diary: saved first, then analysed; nothing lost, nothing doubled, nothing overwritten."""

import threading
import uuid
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.exceptions import ValidationError
from django.db import connection
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from diary import services
from diary.models import Analysis, Entry, Recommendation
from diary.tasks import analyze_entry_task
from ml.labels import Emotion
from tests.factories import HAPPY, SAD, make_entry

DAY = date(2026, 11, 1)

pytestmark = pytest.mark.django_db(transaction=True)


def test_create_entry_is_read_and_answered(owner: User, catalogue: None) -> None:
    entry, is_new = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert is_new
    assert entry.status == Entry.Status.ANALYZED
    assert entry.analysis.label == Emotion.SADNESS
    assert entry.recommendations.count() == 12  # two strategies, three films and three tracks each


def test_create_entry_without_a_model_is_saved_and_read_later(
    owner: User, catalogue: None, settings: Settings, tmp_path: Path
) -> None:
    model = settings.EMOTION_MODEL_DIR
    settings.EMOTION_MODEL_DIR = tmp_path / "missing"
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert entry.text == SAD
    assert entry.status == Entry.Status.FAILED

    settings.EMOTION_MODEL_DIR = model
    services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED


def test_create_entry_with_the_broker_down_stays_pending(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: object) -> None:
        raise ConnectionError("broker is down")

    monkeypatch.setattr(analyze_entry_task, "delay", refuse)
    entry, is_new = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert is_new
    assert entry.status == Entry.Status.PENDING


def test_create_entry_with_an_empty_catalogue_is_read(owner: User) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert entry.status == Entry.Status.ANALYZED
    assert not entry.recommendations.exists()


def test_create_entry_sent_twice_makes_no_double(owner: User) -> None:
    entry_id = uuid.uuid4()
    first, first_is_new = services.create_entry(user=owner, text=SAD, written_on=DAY, entry_id=entry_id)
    second, second_is_new = services.create_entry(user=owner, text=SAD, written_on=DAY, entry_id=entry_id)
    assert (first_is_new, second_is_new) == (True, False)
    assert first == second
    assert Entry.objects.count() == 1


def test_create_entry_with_the_id_of_another_text(owner: User) -> None:
    entry = make_entry(owner)
    with pytest.raises(services.EntryExists):
        services.create_entry(user=owner, text=HAPPY, written_on=DAY, entry_id=entry.pk)


def test_create_entry_with_the_id_of_an_outsiders_entry(owner: User, outsider: User) -> None:
    entry = make_entry(outsider)
    with pytest.raises(services.EntryExists):
        services.create_entry(user=owner, text=entry.text, written_on=entry.written_on, entry_id=entry.pk)
    entry.refresh_from_db()
    assert entry.user == outsider


def test_create_entry_for_tomorrow(owner: User) -> None:
    with pytest.raises(ValidationError):
        services.create_entry(user=owner, text=SAD, written_on=timezone.localdate() + timedelta(days=1))
    assert not Entry.objects.exists()


def test_update_entry_new_text_is_read_anew(owner: User, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    entry = services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=entry.revision)
    assert entry.revision == 2
    assert entry.analysis.label == Emotion.JOY
    assert entry.recommendations.count() == 12
    assert {r.tag for r in entry.recommendations.filter(strategy="match", movie__isnull=False)} == {"joy"}


def test_update_entry_new_day_keeps_analysis_and_what_was_shown(owner: User, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    shown = set(entry.recommendations.values_list("pk", flat=True))
    entry = services.update_entry(entry=entry, text=SAD, written_on=DAY - timedelta(days=3), revision=1)
    assert entry.written_on == DAY - timedelta(days=3)
    assert entry.status == Entry.Status.ANALYZED
    assert set(entry.recommendations.values_list("pk", flat=True)) == shown


def test_update_entry_outdated_overwrites_nothing(owner: User) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=1)
    with pytest.raises(services.StaleEntry) as raised:
        services.update_entry(entry=entry, text="늦은 글", written_on=DAY, revision=1)
    assert raised.value.current.text == HAPPY
    entry.refresh_from_db()
    assert entry.text == HAPPY


def test_update_entry_twenty_at_once_lose_nothing_silently(owner: User) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    saved, refused = [], []

    def edit(number: int) -> None:
        try:
            services.update_entry(entry=entry, text=f"{number}번째 글", written_on=DAY, revision=1)
            saved.append(number)
        except services.StaleEntry:
            refused.append(number)
        finally:
            connection.close()

    threads = [threading.Thread(target=edit, args=(number,)) for number in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(saved), len(refused)) == (1, 19)
    entry.refresh_from_db()
    assert entry.text == f"{saved[0]}번째 글"


def test_delete_entry_leaves_nothing_of_it(owner: User, catalogue: None) -> None:
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    services.delete_entry(entry=entry, revision=1)
    assert not Entry.objects.exists()
    assert not Analysis.objects.exists()
    assert not Recommendation.objects.exists()


def test_delete_entry_outdated(owner: User) -> None:
    entry = make_entry(owner, revision=3)
    with pytest.raises(services.StaleEntry):
        services.delete_entry(entry=entry, revision=2)
    assert Entry.objects.exists()


def test_update_entry_deleted_meanwhile(owner: User) -> None:
    entry = make_entry(owner)
    Entry.objects.all().delete()
    with pytest.raises(Entry.DoesNotExist):
        services.update_entry(entry=entry, text=HAPPY, written_on=DAY, revision=1)


def test_save_takes_up_only_what_nobody_is_at_work_on(owner: User, monkeypatch: pytest.MonkeyPatch) -> None:
    queued: list[str] = []
    monkeypatch.setattr(analyze_entry_task, "delay", lambda entry_id, revision: queued.append(entry_id))
    just_now = make_entry(owner)
    long_ago = make_entry(owner, queued_at=timezone.now() - timedelta(hours=1))
    failed = make_entry(owner, status=Entry.Status.FAILED)
    first, _ = services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    assert queued == [str(first.pk), str(long_ago.pk), str(failed.pk)]
    assert str(just_now.pk) not in queued


def test_save_takes_turns_with_what_always_fails(owner: User, settings: Settings, tmp_path: Path) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    hour_ago = timezone.now() - timedelta(hours=1)
    for minutes in range(6):
        make_entry(owner, status=Entry.Status.FAILED, queued_at=hour_ago + timedelta(minutes=minutes))
    for _ in range(2):
        services.create_entry(user=owner, text=HAPPY, written_on=DAY)
    assert not Entry.objects.filter(queued_at__lt=timezone.now() - timedelta(minutes=1)).exists()
