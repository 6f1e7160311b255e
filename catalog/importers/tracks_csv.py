"""Reads `tracks.csv.gz`: songs with Spotify's audio features and the probability of each mood."""

from collections.abc import Iterator
from pathlib import Path

from catalog.importers.links import is_track_id
from catalog.importers.reader import Row, read_rows, refuse_repeated
from catalog.rows import FetchedTrack, TrackRow
from ml.labels import Mood

LONGEST_MS = 24 * 3600 * 1000
# Spotify's documented ranges of the audio features.
FEATURE_RANGES: dict[str, tuple[float, float]] = {
    "danceability": (0, 1),
    "energy": (0, 1),
    "loudness": (-60, 10),
    "speechiness": (0, 1),
    "acousticness": (0, 1),
    "instrumentalness": (0, 1),
    "liveness": (0, 1),
    "valence": (0, 1),
    "tempo": (0, 400),
}
CODE_RANGES: dict[str, tuple[int, int]] = {"key": (-1, 11), "mode": (0, 1), "time_signature": (0, 7)}

FEATURE_COLUMNS = (
    "spotify_id",
    "title",
    "artist",
    "album",
    "release_date",
    "duration_ms",
    "popularity",
    *FEATURE_RANGES,
    *CODE_RANGES,
)
COLUMNS = (*FEATURE_COLUMNS, *Mood)
# A file without this column names no artist in Korean.
ARTIST_KO = "artist_ko"


def read_tracks(path: Path) -> Iterator[TrackRow]:
    """The songs of the file. Raises RowError with file, line and column."""
    lines: dict[str, int] = {}
    for row in read_rows(path, COLUMNS):
        track = _parse(row)
        refuse_repeated(row, "spotify_id", track.spotify_id, lines)
        yield track


def parse_features(row: Row) -> FetchedTrack:
    """A song out of the FEATURE_COLUMNS of a row; a blank popularity is one that is not known. Raises RowError."""
    spotify_id = row.text("spotify_id")
    if not is_track_id(spotify_id):
        raise row.error("spotify_id", f"{spotify_id!r} is not a Spotify id (22 letters and digits)")
    codes = {name: row.integer(name, low=low, high=high) for name, (low, high) in CODE_RANGES.items()}
    return FetchedTrack(
        spotify_id=spotify_id,
        title=row.text("title", required=True),
        artist=row.text("artist", required=True),
        album=row.text("album"),
        release_date=row.text("release_date", max_length=10),
        duration_ms=row.integer("duration_ms", low=1, high=LONGEST_MS),
        popularity=row.integer("popularity", low=0, high=100) if row.text("popularity") else None,
        features={name: row.number(name, low=low, high=high) for name, (low, high) in FEATURE_RANGES.items()} | codes,
    )


def _parse(row: Row) -> TrackRow:
    track = parse_features(row)
    if track.popularity is None:
        raise row.error("popularity", "is empty")
    return TrackRow(
        spotify_id=track.spotify_id,
        title=track.title,
        artist=track.artist,
        album=track.album,
        release_date=track.release_date,
        duration_ms=track.duration_ms,
        popularity=track.popularity,
        features=track.features,
        artist_ko=row.optional_text(ARTIST_KO),
        probabilities={mood: row.number(mood, low=0, high=1) for mood in Mood},
    )
