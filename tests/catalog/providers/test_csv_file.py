"""Tracks of a CSV file, good rows and bad ones."""

import csv
from pathlib import Path

import pytest

from catalog.importers.providers.base import ProviderError
from catalog.importers.providers.csv_file import CsvTracks
from catalog.importers.tracks_csv import FEATURE_COLUMNS
from catalog.rows import FetchedTrack, SkippedTrack
from tests.catalog.providers.answers import FEATURES, spotify_id

HEADER = ",".join(FEATURE_COLUMNS)


def csv_row(number: int, **fields: str) -> dict[str, str]:
    values = {
        "spotify_id": spotify_id(number),
        "title": f"노래 {number}",
        "artist": "가수",
        "album": "앨범",
        "release_date": "2024-03-01",
        "duration_ms": "200000",
        "popularity": "61",
        "key": "5",
        "mode": "1",
        "time_signature": "4",
        **{name: str(value) for name, value in FEATURES.items()},
    }
    return values | fields


def write_csv(path: Path, *rows: dict[str, str]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as handle:
        writer = csv.DictWriter(handle, FEATURE_COLUMNS, extrasaction="ignore")
        writer.writeheader()
        writer.writerows(rows)
    return path


def test_fetch_good_rows(tmp_path: Path) -> None:
    known, unknown = CsvTracks(write_csv(tmp_path / "t.csv", csv_row(1), csv_row(2, popularity=""))).fetch()
    assert isinstance(known, FetchedTrack)
    assert isinstance(unknown, FetchedTrack)
    assert (known.title, known.popularity, unknown.popularity) == ("노래 1", 61, None)
    assert known.features == {**FEATURES, "key": 5, "mode": 1, "time_signature": 4}


def test_fetch_every_bad_row_is_reported_and_good_ones_follow(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "t.csv",
        csv_row(1),
        csv_row(2, valence="1.5"),
        csv_row(3, spotify_id="short"),
        csv_row(1),
        csv_row(5, tempo="fast"),
        csv_row(6),
    )
    with path.open("a") as handle:
        handle.write("one,two\n")
    items = list(CsvTracks(path).fetch())
    assert [item.spotify_id for item in items if isinstance(item, FetchedTrack)] == [spotify_id(1), spotify_id(6)]
    assert [item for item in items if isinstance(item, SkippedTrack)] == [
        SkippedTrack("line 3", "t.csv, line 3, column valence: 1.5 is outside 0…1"),
        SkippedTrack(
            "line 4", "t.csv, line 4, column spotify_id: 'short' is not a Spotify id (22 letters and digits)"
        ),
        SkippedTrack("line 5", f"t.csv, line 5, column spotify_id: {spotify_id(1)} stands on line 2 already"),
        SkippedTrack("line 6", "t.csv, line 6, column tempo: 'fast' is not a number"),
        SkippedTrack("line 8", "t.csv, line 8: has not as many cells as the header"),
    ]


def test_fetch_a_wrong_column_is_named_beside_the_missing_one(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(HEADER.replace("valence", "happiness") + "\n", encoding="utf-8")
    with pytest.raises(ProviderError, match=r"t\.csv: the columns valence are missing; it also has happiness"):
        list(CsvTracks(path).fetch())


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "the columns spotify_id"),
        (HEADER.encode() + b'\n"never closed', "can't be read as a CSV file"),
        (HEADER.encode() + b"\n\xff\xfe", "can't be read as a CSV file"),
    ],
)
def test_fetch_a_file_that_is_no_csv(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "t.csv").write_bytes(content)
    with pytest.raises(ProviderError, match=message):
        list(CsvTracks(tmp_path / "t.csv").fetch())


def test_fetch_no_file(tmp_path: Path) -> None:
    with pytest.raises(ProviderError, match="there is no such file"):
        list(CsvTracks(tmp_path / "t.csv").fetch())
    with pytest.raises(ProviderError, match="can't be opened"):
        list(CsvTracks(tmp_path).fetch())
