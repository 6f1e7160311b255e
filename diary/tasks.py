"""Background work: each task is a retry policy and one call."""

import logging
from typing import Any

from celery import Task, shared_task
from django.db import OperationalError

from diary import analysis, reminders
from ml.errors import ModelError

MAX_RETRIES = 5
REMINDERS_TIME_LIMIT_S = 300  # one run takes less than a minute, unless the mail server hangs

logger = logging.getLogger(__name__)


@shared_task(bind=True, max_retries=MAX_RETRIES)  # type: ignore[untyped-decorator]
def analyze_entry_task(self: "Task[Any, Any]", entry_id: str, revision: int) -> None:
    """Analyse an entry at a revision. On a worker, a missing model or a lost database is tried again with patience."""
    try:
        analysis.analyze_entry(entry_id, revision)
    except (ModelError, OperationalError) as error:
        is_last = self.request.is_eager or self.request.retries >= MAX_RETRIES
        if isinstance(error, ModelError):
            analysis.mark_failed(entry_id, revision)
        if is_last:
            raise
        raise self.retry(exc=error, countdown=2**self.request.retries) from error


@shared_task(time_limit=REMINDERS_TIME_LIMIT_S)  # type: ignore[untyped-decorator]
def send_reminders_task() -> None:
    """Send the reminders that are due. Celery beat calls it again in a minute, whatever happens."""
    try:
        reminders.send_due_reminders()
    except reminders.MailServerDown as error:
        logger.warning("%s: the reminders wait", error)
