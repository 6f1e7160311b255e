"""`manage.py import_tracks`: tracks from a CSV file, from ReccoBeats or from a playlist at Spotify."""

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from tqdm import tqdm

from catalog.importers.providers import choose
from catalog.importers.providers.base import ProviderError, TrackProvider
from catalog.rows import FetchedTrack, SkippedTrack
from catalog.track_import import ImportReport, import_tracks
from ml.errors import ModelError

SHOWN = 20
# What each provider is asked by; anything else beside it is a mistake.
ASKED_BY = {"csv": ("file",), "reccobeats": ("ids", "ids_file"), "spotify": ("playlist",)}


class Command(BaseCommand):
    help = (
        "Add or refresh tracks. Moods are computed by the classifier that ships with the site; curated tags, hidden "
        "and pinned tracks stay. Running again asks a service only for what is missing."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--provider", choices=ASKED_BY, default="csv")
        parser.add_argument("--file", type=Path, help="csv: a file with audio features (also .csv.gz)")
        parser.add_argument("--ids", nargs="+", help="reccobeats: Spotify ids, URIs or links of tracks")
        parser.add_argument("--ids-file", type=Path, help="reccobeats: a file with one of them a line")
        parser.add_argument("--playlist", help="spotify: spotify:playlist:ID or a link; since 2026 only your own")
        parser.add_argument(
            "--audio-features",
            choices=("reccobeats", "spotify"),
            default="reccobeats",
            help="spotify: who tells the audio features (Spotify: only to applications older than November 2024)",
        )
        parser.add_argument(
            "--skip-bad-rows", action="store_true", help="csv: import the good rows of a file with bad ones"
        )
        parser.add_argument("--dry-run", action="store_true", help="say what would change, and write nothing")
        parser.add_argument("--cache", type=Path, default=settings.PROVIDER_CACHE_DIR, help="where answers are kept")

    def handle(self, *, skip_bad_rows: bool, dry_run: bool, **options: Any) -> None:
        try:
            provider = _choose(options)
            if options["provider"] == "csv" and not skip_bad_rows:
                self._refuse_bad_rows(provider)
            report = import_tracks(self._with_progress(provider), dry_run=dry_run)
        except (ProviderError, ModelError) as error:
            raise CommandError(str(error)) from error
        except KeyboardInterrupt:
            raise CommandError(
                "Stopped. What was fetched is remembered: run it again to go on", returncode=130
            ) from None
        self._print(report, dry_run=dry_run)
        if report.failure:
            raise CommandError(f"{report.failure}. {_missing(provider, report)}")

    def _refuse_bad_rows(self, provider: TrackProvider) -> None:
        bad = [item for item in self._with_progress(provider) if isinstance(item, SkippedTrack)]
        if bad:
            lines = "\n".join(item.reason for item in bad[:SHOWN])
            more = f"\n… and {len(bad) - SHOWN:,} more" if len(bad) > SHOWN else ""
            raise CommandError(
                f"{lines}{more}\n{len(bad):,} bad rows; nothing was imported. Correct them, or add --skip-bad-rows"
            )

    def _with_progress(self, provider: TrackProvider) -> Iterator[FetchedTrack | SkippedTrack]:
        with tqdm(total=provider.expected, unit=" tracks", file=self.stderr, leave=False) as bar:
            for item in provider.fetch():
                bar.total = provider.expected
                bar.update()
                yield item

    def _print(self, report: ImportReport, *, dry_run: bool) -> None:
        would = "would be " if dry_run else ""
        self.stdout.write(
            f"{report.added:,} {would}added, {report.changed:,} {would}changed, {report.unchanged:,} unchanged, "
            f"{len(report.skipped):,} skipped"
        )
        for item in report.skipped[:SHOWN]:
            self.stdout.write(item.reason if item.place in item.reason else f"{item.place}: {item.reason}")
        if len(report.skipped) > SHOWN:
            self.stdout.write(f"… and {len(report.skipped) - SHOWN:,} more:")
            reasons = Counter(item.reason for item in report.skipped)
            for reason, count in reasons.most_common(SHOWN):
                self.stdout.write(f"{count:,} × {reason}")


def _choose(options: dict[str, Any]) -> TrackProvider:
    """The provider of the options. Raises ProviderError when they do not go together."""
    name = options["provider"]
    given = {option for options_of in ASKED_BY.values() for option in options_of if options[option]}
    if not given or not given <= set(ASKED_BY[name]):
        wanted = " or ".join(f"--{option.replace('_', '-')}" for option in ASKED_BY[name])
        raise ProviderError(f"--provider {name} is asked by {wanted}, and by nothing else")
    if name == "csv":
        return choose.csv_provider(options["file"])
    if name == "reccobeats":
        ids = choose.read_track_ids(ids=options["ids"] or (), file=options["ids_file"])
        return choose.reccobeats_provider(ids, cache=options["cache"])
    return choose.spotify_provider(
        options["playlist"], audio_features=options["audio_features"], cache=options["cache"]
    )


def _missing(provider: TrackProvider, report: ImportReport) -> str:
    """How many of the expected tracks did not come."""
    if provider.expected is None:
        return "What came before is imported; run it again for the rest"
    missing = provider.expected - report.fetched - len(report.skipped)
    return f"{missing:,} of {provider.expected:,} are missing; what came before is imported. Run it again for them"
