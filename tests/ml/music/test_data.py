"""The readers of tracks: what they keep, and that their errors name file, row and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.labels import Mood
from ml.music.data import FEATURES, feature_matrix, read_moods, read_names, read_tracks
from tests.ml.music.conftest import HEADER, track_line

Write = Callable[[str, str], Path]

MOODS_HEADER = ",".join((*FEATURES, "mood"))


def test_read_moods_order_of_features_and_moods(write: Write) -> None:
    row = "0.1,0.2,-9,0.3,0.4,0.5,0.6,0.7,120"
    tracks = read_moods(write("moods.csv", f"{MOODS_HEADER}\n{row},Calm\n{row},happy\n"))
    assert tracks.features[0].tolist() == [0.1, 0.2, -9.0, 0.3, 0.4, 0.5, 0.6, 0.7, 120.0]
    assert [list(Mood)[mood] for mood in tracks.moods] == [Mood.CALM, Mood.HAPPY]


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("0.1,0.2,-9,0.3,0.4,0.5,0.6,0.7,120,Gloomy", r"row 2: column mood: 'Gloomy'"),
        ("0.1,0.2,loud,0.3,0.4,0.5,0.6,0.7,120,Sad", r"row 2: column loudness: 'loud'"),
        ("0.1,0.2", r"row 2: wrong number of fields"),
    ],
)
def test_read_moods_bad_row_named(write: Write, line: str, message: str) -> None:
    with pytest.raises(DataError, match=r"moods\.csv: " + message):
        read_moods(write("moods.csv", f"{MOODS_HEADER}\n{line}\n"))


def test_read_moods_empty_told(write: Write) -> None:
    with pytest.raises(DataError, match="no tracks"):
        read_moods(write("moods.csv", MOODS_HEADER + "\n"))


def test_read_tracks_artists_and_unknown_popularity(write: Write) -> None:
    lines = [track_line("a", "Song", "One; Two"), track_line("b", "Other", "Three", popularity="")]
    first, second = read_tracks(write("tracks.csv", "\n".join([HEADER, *lines]) + "\n"))
    assert first.artists == ("One", "Two")
    assert first.popularity == 40
    assert second.popularity is None
    assert feature_matrix([first, second]).shape == (2, len(FEATURES))


def test_read_tracks_bad_number_named(write: Write) -> None:
    bad = track_line("a", "Song", "One").replace("0.5", "half", 1)
    with pytest.raises(DataError, match=r"tracks\.csv: row 2: column danceability: 'half'"):
        read_tracks(write("tracks.csv", f"{HEADER}\n{bad}\n"))


def test_read_tracks_without_title_named(write: Write) -> None:
    with pytest.raises(DataError, match=r"tracks\.csv: row 2: column name: empty"):
        read_tracks(write("tracks.csv", f"{HEADER}\n{track_line('a', '', 'One')}\n"))


def test_read_names_comments_dropped(write: Write) -> None:
    assert read_names(write("names.txt", "# a list\nQueen\n\nRtee  # from elsewhere\n")) == {"Queen", "Rtee"}
