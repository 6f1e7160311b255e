"""Background work: each task is a retry policy and one call."""

from typing import Any

from celery import Task, shared_task
from django.db import OperationalError

from diary import analysis
from ml.errors import ModelError

MAX_RETRIES = 5


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
