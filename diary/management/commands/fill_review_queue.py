"""`manage.py fill_review_queue`: what Celery beat does every hour, for a site that runs without a broker."""

from typing import Any

from django.core.management.base import BaseCommand

from diary.review_desk import fill_review_queue


class Command(BaseCommand):
    help = "Fill the curators' review queue with what is disliked, new, or uncertain. Two runs at once do no harm."

    def handle(self, **options: Any) -> None:
        waiting = fill_review_queue()
        self.stdout.write(f"{waiting} items wait for review")
