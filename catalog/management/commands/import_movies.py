"""`manage.py import_movies`: films from IMDb's tables. Running it again changes nothing."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from catalog.importers.imdb.films import JoinedFilms, Reason, Tables, join_films
from catalog.importers.reader import RowError
from catalog.movie_import import CHUNK, ImportCounts, import_movies

FIRST_FILM = 1888  # Roundhay Garden Scene


class Command(BaseCommand):
    help = (
        "Add films from IMDb's non-commercial tables (https://developer.imdb.com/non-commercial-datasets/) and "
        "refresh those that are here. No film is deleted; curated tags, hidden and pinned films stay as they are. "
        "Needs `pip install -r requirements/catalog.txt`. What memory should not hold lies in TMPDIR meanwhile."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--basics", type=Path, required=True, help="title.basics.tsv.gz: titles, kinds and years")
        parser.add_argument("--crew", type=Path, required=True, help="title.crew.tsv.gz: who directed")
        parser.add_argument("--names", type=Path, required=True, help="name.basics.tsv.gz: the directors' names")
        parser.add_argument("--akas", type=Path, required=True, help="title.akas.tsv.gz: Korean titles")
        parser.add_argument(
            "--reviews-scores",
            type=Path,
            help="CSV with imdb_id, reviews, source and five emotions, as catalog/data/movies.csv.gz has them; "
            "films without a row keep their tags",
        )
        parser.add_argument("--since", type=int, default=1990, help="the first year (default: 1990)")
        parser.add_argument("--dry-run", action="store_true", help="report what would change, and write nothing")

    def handle(self, *, since: int, dry_run: bool, reviews_scores: Path | None, **options: Any) -> None:
        if not FIRST_FILM <= since <= 2100:
            raise CommandError(f"--since {since} is outside {FIRST_FILM}…2100")
        paths = {name: options[name] for name in ("basics", "crew", "names", "akas")}
        try:
            with join_films(Tables(**paths, scores=reviews_scores), since=since) as films:
                rows = tqdm(films.rows(), total=films.count, desc="films", unit="film", leave=False, disable=None)
                counts = import_movies(rows, is_dry_run=dry_run)
                self._report(films, counts, is_dry_run=dry_run)
        except RowError as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                f"Stopped. Films are saved {CHUNK:,} at a time; run the command again to finish.", returncode=130
            ) from None

    def _report(self, films: JoinedFilms, counts: ImportCounts, *, is_dry_run: bool) -> None:
        if is_dry_run:
            self.stdout.write("Dry run: nothing is written.")
        for name in ("added", "changed", "unchanged"):
            self.stdout.write(f"{getattr(counts, name):>12,} {name}")
        if counts.under_tmdb_id:
            self.stdout.write(f"{counts.under_tmdb_id:>12,} left alone: here under a TMDB id")
        self._reasons("dropped", films.dropped)
        self._reasons("rejected", films.rejected)
        self._reasons("in the database, but not among these films; kept", films.why_absent(counts.absent))
        if counts.is_nothing_new:
            self.stdout.write("Nothing to change: the database holds all of it.")

    def _reasons(self, heading: str, reasons: Iterable[Reason]) -> None:
        reasons = list(reasons)
        self.stdout.write(f"{sum(reason.count for reason in reasons):>12,} {heading}")
        for reason in reasons:
            where = f"{reason.where}: " if reason.where else ""
            examples = f" ({', '.join(reason.examples)})" if reason.examples else ""
            self.stdout.write(f"{reason.count:>16,} {where}{reason.why}{examples}")
