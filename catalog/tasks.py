"""Background work on the catalogue: each task is one call."""

from celery import shared_task
from django.conf import settings
from django.db import transaction

from catalog.curation import steps

SECONDS_A_TASK = 20  # well before CELERY_TASK_TIME_LIMIT; then the task queues itself again


def queue_curation(curation_id: int) -> None:
    """Have a worker go on with a curator's step, if there are workers; the page that waits goes on with it as well."""
    if not settings.CELERY_TASK_ALWAYS_EAGER:
        # Robust: whatever fails here (a broker that is down, say), the step stands and its page goes on with it.
        transaction.on_commit(lambda: advance_curation_task.delay(curation_id), robust=True)


@shared_task  # type: ignore[untyped-decorator]
def advance_curation_task(curation_id: int) -> None:
    """Go on with a step for SECONDS_A_TASK, and once more if it is not done by then."""
    if steps.advance(curation_id, seconds=SECONDS_A_TASK).is_at_work:
        queue_curation(curation_id)
