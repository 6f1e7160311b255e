"""`manage.py restore FILE`: the database as it was when `manage.py backup` wrote the file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moduhyu.backups import BackupError, is_empty, restore


class Command(BaseCommand):
    help = (
        "Put the database back to what a backup holds. Stop the site before, and run `manage.py prepare` after, which "
        "brings a backup of an older version up to date. The master keys of that time are needed to read the texts."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")
        parser.add_argument("--overwrite", action="store_true", help="also when the database holds something now")

    def handle(self, *, file: Path, overwrite: bool, **options: Any) -> None:
        try:
            if not (overwrite or is_empty()):
                raise BackupError("The database is not empty. --overwrite replaces all that is in it.")
            restore(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write("Restored. Run `manage.py prepare` before the site is started.")
