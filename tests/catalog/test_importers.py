"""Catalogue files: read strictly, and a wrong one says where."""

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from catalog.importers import movies_csv, tracks_csv
from catalog.importers.reader import RowError
from catalog.models import Track
from ml.labels import Emotion, Mood

MOVIE = {
    "imdb_id": "tt0000001",
    "tmdb_id": "11",
    "title": "A Film",
    "title_ko": "영화",
    "year": "1999",
    "director": "Someone",
    "director_ko": "",
    "reviews": "12",
    "source": "reviews",
    "joy": "2.5",
    "sadness": "0.5",
    "anger": "1",
    "anxiety": "0.9",
    "embarrassment": "0",
}
TRACK = {
    "spotify_id": "0yFq4GHDqLfeceyAs63B3W",
    "title": "노래",
    "artist": "가수",
    "album": "",
    "release_date": "2020",
    "duration_ms": "200000",
    "popularity": "61",
    **dict.fromkeys(tracks_csv.FEATURE_RANGES, "0.5"),
    **dict.fromkeys(tracks_csv.CODE_RANGES, "1"),
    "happy": "0.1",
    "sad": "0.7",
    "calm": "0.1",
    "energetic": "0.1",
}

Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write_rows(*rows: dict[str, str], name: str = "file.csv.gz") -> Path:
        path = tmp_path / name
        with gzip.open(path, "wt", encoding="utf-8", newline="") as handle:
            writer = csv.DictWriter(handle, rows[0])
            writer.writeheader()
            writer.writerows(rows)
        return path

    return write_rows


def test_read_movies(write: Write) -> None:
    [movie] = movies_csv.read_movies(write(MOVIE))
    assert (movie.external_id, movie.title_ko, movie.year, movie.review_count) == ("tt0000001", "영화", 1999, 12)
    assert movie.lifts[Emotion.JOY] == 2.5


def test_read_movies_known_at_tmdb_only(write: Write) -> None:
    [movie] = movies_csv.read_movies(write(MOVIE | {"imdb_id": ""}))
    assert movie.external_id == "tmdb:11"


def test_read_tracks(write: Write) -> None:
    [track] = tracks_csv.read_tracks(write(TRACK))
    assert (track.title, track.artist, track.popularity) == ("노래", "가수", 61)
    assert track.probabilities[Mood.SAD] == 0.7


@pytest.mark.parametrize(("cell", "expected"), [("1", True), ("0", False)])
def test_read_movies_suicide_theme(write: Write, cell: str, expected: bool) -> None:
    [movie] = movies_csv.read_movies(write(MOVIE | {"suicide_theme": cell}))
    assert movie.has_suicide_theme is expected


@pytest.mark.parametrize(("cell", "expected"), [("7.4", 7.4), ("", None)])
def test_read_movies_rating(write: Write, cell: str, expected: float | None) -> None:
    [movie] = movies_csv.read_movies(write(MOVIE | {"rating": cell}))
    assert movie.rating == expected


def test_read_movies_rating_out_of_range_named(write: Write) -> None:
    with pytest.raises(RowError, match=r"line 2, column rating: 11\.0 is outside 1…10"):
        list(movies_csv.read_movies(write(MOVIE | {"rating": "11"})))


@pytest.mark.parametrize(
    ("fields", "shown"), [({}, "가수"), ({"artist_ko": ""}, "가수"), ({"artist_ko": "다른 이름"}, "다른 이름")]
)
def test_read_tracks_korean_artist(write: Write, fields: dict[str, str], shown: str) -> None:
    [row] = tracks_csv.read_tracks(write(TRACK | fields))
    assert Track(artist=row.artist, artist_ko=row.artist_ko).display_artist == shown


def test_read_movies_without_suicide_theme_marks_none(write: Write) -> None:
    [movie] = movies_csv.read_movies(write(MOVIE))
    assert movie.has_suicide_theme is False


def test_read_movies_suicide_theme_wrong_cell_named(write: Write) -> None:
    with pytest.raises(RowError, match="line 2, column suicide_theme: 'yes' is neither 0 nor 1"):
        list(movies_csv.read_movies(write(MOVIE | {"suicide_theme": "yes"})))


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("imdb_id", ""),
        ("title", " "),
        ("year", "99a"),
        ("year", "20190"),
        ("reviews", "-1"),
        ("source", "friend"),
        ("joy", "nan"),
        ("anger", ""),
        ("tmdb_id", "x"),
    ],
)
def test_read_movies_wrong_cell_names_line_and_column(write: Write, column: str, value: str) -> None:
    wrong = MOVIE | {"tmdb_id": ""} | {column: value}
    with pytest.raises(RowError, match=f"file.csv.gz, line 3, column {column}: "):
        list(movies_csv.read_movies(write(MOVIE | {"imdb_id": "tt9"}, wrong)))


@pytest.mark.parametrize(
    ("column", "value"),
    [("spotify_id", "short"), ("artist", ""), ("valence", "1.5"), ("key", "1.5"), ("sad", "2"), ("duration_ms", "0")],
)
def test_read_tracks_wrong_cell_names_line_and_column(write: Write, column: str, value: str) -> None:
    with pytest.raises(RowError, match=f"line 2, column {column}: "):
        list(tracks_csv.read_tracks(write(TRACK | {column: value})))


def test_read_tracks_repeated_id(write: Write) -> None:
    with pytest.raises(RowError, match="stands on line 2 already"):
        list(tracks_csv.read_tracks(write(TRACK, TRACK)))


def test_read_rows_missing_column(write: Write) -> None:
    row = {name: value for name, value in MOVIE.items() if name not in {"joy", "year"}}
    with pytest.raises(RowError, match="the columns year, joy are missing"):
        list(movies_csv.read_movies(write(row)))


def test_read_rows_no_file(tmp_path: Path) -> None:
    with pytest.raises(RowError, match="no such file"):
        list(movies_csv.read_movies(tmp_path / "missing.csv"))


def test_read_rows_short_line(tmp_path: Path) -> None:
    path = tmp_path / "short.csv"
    path.write_text(",".join(MOVIE) + "\ntt0000001,11\n", encoding="utf-8")
    with pytest.raises(RowError, match="line 2: has not as many cells"):
        list(movies_csv.read_movies(path))


def test_read_rows_broken_gzip(tmp_path: Path) -> None:
    path = tmp_path / "broken.csv.gz"
    path.write_bytes(gzip.compress(b"imdb_id,title\n" * 1000)[:40])
    with pytest.raises(RowError, match=r"broken\.csv\.gz"):
        list(movies_csv.read_movies(path))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(content=st.binary(max_size=400))
def test_read_rows_any_bytes_are_read_or_refused_with_a_reason(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "any.csv"
    path.write_bytes(",".join(MOVIE).encode() + b"\n" + content)
    try:
        movies = list(movies_csv.read_movies(path))
    except RowError as error:
        assert "any.csv" in str(error)
    else:
        assert all(movie.title for movie in movies)
