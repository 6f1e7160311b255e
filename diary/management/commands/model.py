"""`manage.py model`: list, publish and fetch versions of models, and choose the one that reads entries."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from diary import model_version
from diary.model_list import Row, list_models
from diary.model_operations import activate_model, fetch_model, roll_back_model
from ml.errors import ModelError
from ml.store.publish import publish

ROW = "{:<32} {:<24} {:>10} {:>8}  {}"


class Command(BaseCommand):
    help = "List, publish and fetch versions of models, and choose the one that reads entries on this machine."

    def add_arguments(self, parser: CommandParser) -> None:
        actions = parser.add_subparsers(dest="action", required=True, metavar="ACTION")
        store = CommandParser(add_help=False)
        store.add_argument("--name", default=model_version.NAME, help="which model (default: %(default)s)")
        store.add_argument("--store", default=settings.MODEL_STORE, help="a folder or s3://BUCKET/PREFIX")
        actions.add_parser("list", parents=[store], help="what is shipped, fetched and published, and what is in use")
        publishing = actions.add_parser(
            "publish", parents=[store], help="upload a model folder; versions never change"
        )
        publishing.add_argument("folder", type=Path, help="what a training command wrote")
        fetching = actions.add_parser("fetch", parents=[store], help="bring a published version to this machine")
        fetching.add_argument("version")
        activating = actions.add_parser("activate", help="have new entries read by a version, after trying it")
        activating.add_argument("version", help="a fetched version, or the word shipped or configured")
        actions.add_parser("rollback", help="go back to the version before")

    def handle(self, *, action: str, **options: Any) -> None:
        actions: dict[str, Callable[..., None]] = {
            "list": self.list_versions,
            "publish": self.publish,
            "fetch": self.fetch,
            "activate": self.activate,
            "rollback": self.rollback,
        }
        try:
            actions[action](**options)
        except ModelError as error:
            raise CommandError(str(error)) from error

    def list_versions(self, *, name: str, store: str, **options: Any) -> None:
        """Show a row for every version; a store in trouble does not hide what is here."""
        try:
            rows = list_models(name, store)
        except ModelError:
            self._write(list_models(name, store=""))
            raise
        self._write(rows)

    def publish(self, *, folder: Path, name: str, store: str, verbosity: int, **options: Any) -> None:
        """Upload a model folder."""
        publication = publish(folder, store, name=name, show_progress=verbosity > 0)
        is_new = "published" if publication.is_new else "was published before, with the same content"
        self.stdout.write(f"{publication.version} {is_new}: {publication.location}")

    def fetch(self, *, version: str, name: str, store: str, verbosity: int, **options: Any) -> None:
        """Download a version into the cache."""
        folder = fetch_model(version, by=None, name=name, store=store, show_progress=verbosity > 0)
        self.stdout.write(f"{version} is in {folder}")
        if name == model_version.NAME:
            self.stdout.write(f"To read entries with it: manage.py model activate {version}")

    def activate(self, *, version: str, **options: Any) -> None:
        """Switch to a version."""
        self._tell(activate_model(version, by=None))

    def rollback(self, **options: Any) -> None:
        """Switch back."""
        self._tell(roll_back_model(by=None))

    def _tell(self, activation: model_version.Activation) -> None:
        self.stdout.write(f"New entries are read by {activation.active}; before it was {activation.previous}")

    def _write(self, rows: Sequence[Row]) -> None:
        self.stdout.write(ROW.format("version", "where", "size", "accuracy", "use"))
        for row in rows:
            version = row.version
            size = f"{version.size / 2**20:.1f} MiB"
            accuracy = "" if version.accuracy is None else f"{version.accuracy:.3f}"
            uses = [f"{use}, but not on this machine" if use in row.missing else use for use in row.uses]
            notes = ", ".join([*uses, version.problem] if version.problem else uses)
            line = ROW.format(version.version, ", ".join(row.places), size, accuracy, notes)
            self.stdout.write(line.rstrip())
