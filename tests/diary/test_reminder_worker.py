"""A real worker with a real clock beside it sends what is due."""

import time
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from accounts.models import User
from diary.models import Reminder
from tests.diary.test_reminders import remind
from tests.diary.test_worker import broker, worker_environment
from tests.services.worker import celery_worker

__all__ = ["broker", "worker_environment"]
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.postgresql_only
def test_worker_with_beat_sends_what_is_due_once(
    owner: User, outsider: User, worker_environment: dict[str, str], tmp_path: Path
) -> None:
    for user in (owner, outsider):
        remind(user, now=timezone.now())
    due = timezone.now() + timedelta(seconds=1)
    Reminder.objects.filter(user=owner).update(next_at=due)
    mails = tmp_path / "mails"
    environment = {
        **worker_environment,
        "VAR_DIR": str(tmp_path),
        "EMAIL_URL": f"filemail:///{mails}",
        "REMINDER_INTERVAL": "1",
    }
    with celery_worker(environment, log=tmp_path / "worker.log", with_beat=True) as worker:
        deadline = time.monotonic() + 30
        while not mails.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
        time.sleep(2.5)  # two more looks
        assert worker.is_running
    [mail] = [file.read_text() for file in mails.iterdir()]
    assert f"To: {owner.email}\n" in mail
    assert "List-Unsubscribe-Post: List-Unsubscribe=One-Click\n" in mail
    reminder = Reminder.objects.get(user=owner)
    assert reminder.next_at is not None
    assert reminder.next_at > timezone.now()
