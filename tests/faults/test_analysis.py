"""Whatever keeps entries from being read: they are saved, the page says so, and they are read when it is over."""

import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import Settings

from accounts.models import User
from diary import analysis, services
from diary.models import Entry
from diary.tasks import analyze_overdue_task
from moduhyu.celery import app
from tests.diary.test_worker import broker
from tests.factories import SAD, make_entry
from tests.services.process import free_port
from tests.services.redis import RedisServer

__all__ = ["broker"]
pytestmark = pytest.mark.django_db(transaction=True)

DAY = date(2026, 11, 1)


def remove(weights: Path) -> None:
    weights.unlink()


def truncate(weights: Path) -> None:
    weights.write_bytes(weights.read_bytes()[:1000])


def change(weights: Path) -> None:
    content = bytearray(weights.read_bytes())
    content[len(content) // 2] ^= 1
    weights.write_bytes(content)


@pytest.fixture
def model(settings: Settings, tmp_path: Path) -> Path:
    """A copy of the model in use, which this process has not loaded yet."""
    settings.EMOTION_MODEL_DIR = Path(shutil.copytree(settings.EMOTION_MODEL_DIR, tmp_path / "model"))
    return settings.EMOTION_MODEL_DIR


def age(entry: Entry, *, minutes: int) -> None:
    Entry.objects.filter(pk=entry.pk).update(queued_at=timezone.now() - timedelta(minutes=minutes))


@pytest.mark.parametrize("name", ["model.onnx", "weights.bin", "words_table.npy"])
@pytest.mark.parametrize("damage", [remove, truncate, change])
def test_model_file_is_damaged_entry_is_saved_and_read_when_it_is_back(
    owner_client: Client, catalogue: None, model: Path, damage: Callable[[Path], None], name: str
) -> None:
    weights = model / name
    whole = weights.read_bytes()
    damage(weights)
    answer = owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": "2026-11-01", "tags": ""})
    entry = Entry.objects.get()
    assert (entry.text, entry.status) == (SAD, Entry.Status.FAILED)
    page = owner_client.get(answer["Location"])
    assert "장례식" in page.text
    assert "글은 잘 저장" in page.text

    weights.write_bytes(whole)
    age(entry, minutes=11)
    analyze_overdue_task()
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED
    assert entry.recommendations.exists()


def test_broker_is_down_page_says_so_and_the_entry_is_queued_when_it_is_back(
    owner_client: Client, catalogue: None, broker: RedisServer
) -> None:
    broker.process.kill()
    answer = owner_client.post(reverse("diary:entry-list"), {"text": SAD, "written_on": "2026-11-01", "tags": ""})
    entry = Entry.objects.get()
    assert entry.status == Entry.Status.PENDING
    page = owner_client.get(answer["Location"])
    assert "장례식" in page.text
    assert "저장은 끝났어요" in page.text

    broker.start()
    app.conf.update(task_always_eager=True)  # as a worker would do it
    analyze_overdue_task()
    entry.refresh_from_db()
    assert entry.status == Entry.Status.PENDING  # a worker may be about to read it
    age(entry, minutes=2)
    analyze_overdue_task()
    entry.refresh_from_db()
    assert entry.status == Entry.Status.ANALYZED
    assert entry.recommendations.exists()


def test_what_fails_again_and_again_is_tried_with_patience(owner: User, settings: Settings, tmp_path: Path) -> None:
    settings.EMOTION_MODEL_DIR = tmp_path
    entry = make_entry(owner, status=Entry.Status.FAILED)
    age(entry, minutes=11)
    analyze_overdue_task()
    entry.refresh_from_db()
    queued_at = entry.queued_at
    assert timezone.now() - queued_at < timedelta(minutes=1)
    age(entry, minutes=5)
    analyze_overdue_task()
    entry.refresh_from_db()
    assert timezone.now() - entry.queued_at > timedelta(minutes=4)


def test_s3_is_down_the_version_in_use_goes_on(
    owner: User, catalogue: None, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.MODEL_STORE = "s3://models/moduhyu"
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "nobody")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "nothing")
    with pytest.raises(CommandError, match="cannot be reached"):
        call_command("model", "fetch", "2026-11-26-abcdef")
    entry, _ = services.create_entry(user=owner, text=SAD, written_on=DAY)
    assert entry.status == Entry.Status.ANALYZED
    assert entry.analysis.model_version == analysis.get_predictor().model_version
