"""`manage.py export_corrections`: what people corrected and allow models to learn from, as training data."""

import csv
import os
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from accounts.encryption.sealing import Locked
from diary import selectors

COLUMNS = ("text", "emotion")


class Command(BaseCommand):
    help = (
        "Write the corrected entries of everybody who allows it to a CSV file for `python -m ml.emotion.train --data "
        "csv:FILE`. It holds diaries: only its owner can read the file, and it should be deleted after the training."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--output", type=Path, required=True, help="the CSV file, replaced when all is written")

    def handle(self, *, output: Path, **options: Any) -> None:
        corrections = selectors.corrections_to_learn_from()
        temporary = output.with_name(f".{output.name}.{os.getpid()}.tmp")
        try:
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with open(descriptor, "w", encoding="utf-8", newline="") as file:  # noqa: PTH123 - a descriptor
                writer = csv.writer(file)
                writer.writerow(COLUMNS)
                shown = tqdm(corrections.iterator(), total=corrections.count(), file=self.stderr, leave=False)
                writer.writerows((correction.entry.text, correction.label) for correction in shown)
            temporary.replace(output)
        except OSError as error:
            raise CommandError(f"{error.filename or output}: {error.strerror}") from error
        except Locked as error:
            raise CommandError(f"Nothing was written: {error}") from error
        finally:
            temporary.unlink(missing_ok=True)
        self.stdout.write(f"{corrections.count()} corrections → {output}")
