"""`manage.py analyze_pending`: read what an outage left unread."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from diary import analysis
from diary.models import Entry
from ml.errors import ModelError


class Command(BaseCommand):
    help = "Analyse every entry that is pending or failed."

    def handle(self, **options: Any) -> None:
        unread = list(Entry.objects.unanalyzed().order_by("created_at").values_list("pk", "revision"))
        analyzed = 0
        try:
            for entry_id, revision in tqdm(unread, desc="analyze_pending", file=self.stderr, leave=False):
                analyzed += analysis.analyze_entry(str(entry_id), revision)
        except ModelError as error:
            raise CommandError(f"{analyzed} of {len(unread)} entries analysed, then: {error}") from error
        self.stdout.write(f"{analyzed} of {len(unread)} entries analysed")
