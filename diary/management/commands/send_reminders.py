"""`manage.py send_reminders`: what Celery beat does every minute, for a site that runs without a broker."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from diary import reminders


class Command(BaseCommand):
    help = "Send the reminders that are due. Have cron run it every minute: two runs at once send nothing twice."

    def handle(self, **options: Any) -> None:
        try:
            sent = reminders.send_due_reminders()
        except reminders.MailServerDown as error:
            raise CommandError(f"{error}. Look at EMAIL_URL; the reminders wait for the next run.") from error
        self.stdout.write(f"{sent} reminders sent")
