"""`manage.py forget_what_is_over`: what Celery beat does every ten minutes, for a site that runs without a broker."""

from typing import Any

from django.core.management.base import BaseCommand

from diary import retention


class Command(BaseCommand):
    help = "Delete what has been kept for long enough: ended sessions, uploads, exports. Have cron run it every hour."

    def handle(self, **options: Any) -> None:
        retention.forget_what_is_over()
