"""Background work: each task is a retry policy and one call."""

import logging
from typing import Any

from celery import Task, shared_task
from celery.exceptions import SoftTimeLimitExceeded
from django.db import OperationalError

from diary import analysis, leftovers, reminders, retention, review_desk
from diary.models import Entry
from diary.portability import export_run
from ml.errors import ModelError

MAX_RETRIES = 5
WORKER_LOST_DELAY_S = 5
ANALYSIS_TIME_LIMIT_S = 50  # before CELERY_TASK_TIME_LIMIT, which leaves no time to say so
OVERDUE_AT_ONCE = 500
REMINDERS_TIME_LIMIT_S = 300  # one run takes less than a minute, unless the mail server hangs
EXPORT_MAX_RETRIES = export_run.MAX_ATTEMPTS - 1
REVIEW_QUEUE_TIME_LIMIT_S = 300  # seconds, in a catalogue of a million films
EXPORT_TIME_LIMIT_S = 1800  # 20,000 entries take less than a minute

logger = logging.getLogger(__name__)


@shared_task(  # type: ignore[untyped-decorator]
    bind=True,
    max_retries=MAX_RETRIES,
    retry_on_worker_lost=True,
    default_retry_delay=WORKER_LOST_DELAY_S,
    soft_time_limit=ANALYSIS_TIME_LIMIT_S,
)
def analyze_entry_task(self: "Task[Any, Any]", entry_id: str, revision: int, again: bool = False) -> None:
    """Analyse an entry at a revision. On a worker, a missing model or a lost database is tried again with patience.

    So is an entry whose reading kills the process; others are read meanwhile. In the end it counts as failed, as does
    at once what takes too long.
    """
    try:
        if self.request.retries >= MAX_RETRIES:
            analysis.mark_failed(entry_id, revision)  # nobody could after a kill; a success still makes up for it
        analysis.analyze_entry(entry_id, revision, again=again)
    except SoftTimeLimitExceeded:
        analysis.mark_failed(entry_id, revision)
        raise
    except (ModelError, OperationalError) as error:
        is_last = self.request.is_eager or self.request.retries >= MAX_RETRIES
        if isinstance(error, ModelError):
            analysis.mark_failed(entry_id, revision)
        if is_last:
            raise
        raise self.retry(exc=error, countdown=2**self.request.retries) from error


@shared_task  # type: ignore[untyped-decorator]
def analyze_overdue_task() -> None:
    """Queue again what a lost broker or a killed worker left unread. Celery beat calls it again in a while."""
    for entry_id, revision in leftovers.take_overdue(Entry.objects.all(), OVERDUE_AT_ONCE):
        analyze_entry_task.delay(str(entry_id), revision)


@shared_task(time_limit=REMINDERS_TIME_LIMIT_S)  # type: ignore[untyped-decorator]
def send_reminders_task() -> None:
    """Send the reminders that are due. Celery beat calls it again in a minute, whatever happens."""
    try:
        reminders.send_due_reminders()
    except reminders.MailServerDown as error:
        logger.warning("%s: the reminders wait", error)


@shared_task(bind=True, max_retries=EXPORT_MAX_RETRIES, time_limit=EXPORT_TIME_LIMIT_S)  # type: ignore[untyped-decorator]
def make_export_task(self: "Task[Any, Any]", export_id: str) -> None:
    """Make the file of an export. On a worker, a lost database is tried again with patience."""
    try:
        export_run.make_export(export_id)
    except OperationalError as error:
        if self.request.is_eager or self.request.retries >= EXPORT_MAX_RETRIES:
            export_run.give_up(export_id)
            raise
        raise self.retry(exc=error, countdown=5 * 2**self.request.retries) from error


@shared_task  # type: ignore[untyped-decorator]
def forget_what_is_over_task() -> None:
    """Delete what has been kept for long enough. Celery beat calls it again in a while, whatever happens."""
    retention.forget_what_is_over()


@shared_task(time_limit=REVIEW_QUEUE_TIME_LIMIT_S)  # type: ignore[untyped-decorator]
def fill_review_queue_task() -> None:
    """Fill the curators' review queue. Celery beat calls it again in a while, whatever happens."""
    review_desk.fill_review_queue()
