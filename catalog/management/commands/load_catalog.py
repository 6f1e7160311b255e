"""`manage.py load_catalog`: load the films and tracks that ship with the site. Running it again changes nothing."""

import hashlib
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import transaction
from tqdm import tqdm

from catalog import selectors, services
from catalog.importers.movies_csv import read_movies
from catalog.importers.reader import RowError
from catalog.importers.tracks_csv import read_tracks
from catalog.weights import track_weights

DATA = Path(__file__).resolve().parents[2] / "data"
CHUNK = 1_000

T = TypeVar("T")


class Command(BaseCommand):
    help = "Load the films and tracks that ship with the site (or the files given). Loading again changes nothing."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--movies", type=Path, default=DATA / "movies.csv.gz")
        parser.add_argument("--tracks", type=Path, default=DATA / "tracks.csv.gz")
        parser.add_argument("--force", action="store_true", help="load a file even when it was loaded before")

    def handle(self, *, movies: Path, tracks: Path, force: bool, **options: Any) -> None:
        try:
            self._load(movies, self._load_movies, force=force)
            self._load(tracks, self._load_tracks, force=force)
        except RowError as error:
            raise CommandError(str(error)) from error

    def _load(self, path: Path, load: Callable[[Path], int], *, force: bool) -> None:
        """Load one file in one transaction, unless the database holds it already."""
        if not path.is_file():
            raise RowError(f"{path}: there is no such file")
        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        if not force and selectors.is_file_loaded(name=path.name, sha256=sha256):
            self.stdout.write(f"{path.name}: already loaded")
            return
        with transaction.atomic():
            count = load(path)
            services.remember_loaded_file(name=path.name, sha256=sha256)
        self.stdout.write(f"{path.name}: {count:,} loaded")

    def _load_movies(self, path: Path) -> int:
        rows = list(read_movies(path))
        for chunk in self._chunks(rows, path.name):
            services.upsert_movies(chunk)
        return len(rows)

    def _load_tracks(self, path: Path) -> int:
        rows = list(read_tracks(path))
        weighted = list(zip(rows, track_weights(rows), strict=True))
        for chunk in self._chunks(weighted, path.name):
            services.upsert_tracks([row for row, _ in chunk], [weights for _, weights in chunk])
        return len(rows)

    def _chunks(self, rows: Sequence[T], name: str) -> "tqdm[Sequence[T]]":
        chunks = [rows[start : start + CHUNK] for start in range(0, len(rows), CHUNK)]
        return tqdm(chunks, desc=name, unit="k", file=self.stderr, leave=False)
