"""`manage.py analyze_entries`: read entries with a model, the ones that another model has read as well."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from diary import analysis, model_version
from ml.errors import ModelError


class Command(BaseCommand):
    help = (
        "Analyse every entry that is pending or failed; with --all also those that another version has read. "
        "Stopped and called again, it goes on where it was. Corrections stay, and so does what fits of an answer."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--all", action="store_true", help="read again what another version of the model has read")
        parser.add_argument("--model", help="a fetched version, or the word shipped (default: the version in use)")

    def handle(self, *, model: str | None, **options: Any) -> None:
        analyzed = 0
        try:
            predictor = (
                analysis.load_predictor(model_version.model_folder(model)) if model else analysis.get_predictor()
            )
            total, results = analysis.analyze_entries(predictor, again=options["all"])
            for was_saved in tqdm(results, total=total, desc="analyze_entries", file=self.stderr, leave=False):
                analyzed += was_saved
        except ModelError as error:
            raise CommandError(f"{analyzed} entries analysed, then: {error}") from error
        self.stdout.write(f"{analyzed} of {total} entries analysed by {predictor.model_version}")
