"""`manage.py backup FILE`: the whole database as one file, while the site goes on."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from moduhyu.backups import BackupError, back_up


class Command(BaseCommand):
    help = (
        "Write the whole database, as it stands at one moment, to a file that does not exist yet; the site goes on. "
        "Texts stay sealed in it: keep the master keys (ENCRYPTION_KEYS or var/encryption_keys) too, elsewhere."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, metavar="FILE")

    def handle(self, *, file: Path, **options: Any) -> None:
        try:
            back_up(file)
        except BackupError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{file}: {file.stat().st_size / 1_000_000:,.1f} MB, read back and complete.")
