"""Tracks of a CSV file: nothing is asked of anybody."""

from collections.abc import Iterator
from pathlib import Path

from catalog.importers.providers.base import ProviderError
from catalog.importers.reader import RowError, read_rows, refuse_repeated
from catalog.importers.tracks_csv import FEATURE_COLUMNS, parse_features
from catalog.rows import FetchedTrack, SkippedTrack


class CsvTracks:
    """A provider of the tracks of a CSV file with the FEATURE_COLUMNS; other columns are passed over."""

    expected: int | None = None

    def __init__(self, path: Path) -> None:
        self._path = path

    def fetch(self) -> Iterator[FetchedTrack | SkippedTrack]:
        """Good rows as tracks, bad ones as skipped, with what is wrong; a repeated id is a bad row.

        Keeps the ids of the file in memory. Raises ProviderError for a file that can't be read.
        """
        lines: dict[str, int] = {}
        bad: list[SkippedTrack] = []

        def report(line: int, error: RowError) -> None:
            bad.append(SkippedTrack(f"line {line}", str(error)))

        try:
            for row in read_rows(self._path, FEATURE_COLUMNS, report=report):
                yield from bad
                bad.clear()
                try:
                    track = parse_features(row)
                    refuse_repeated(row, "spotify_id", track.spotify_id, lines)
                except RowError as error:
                    yield SkippedTrack(f"line {row.line}", str(error))
                else:
                    yield track
        except RowError as error:
            raise ProviderError(str(error)) from error
        yield from bad
