"""The readers of tracks: what they keep, and that their errors name file, row and column."""

from collections.abc import Callable
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.labels import Mood
from ml.music.data import INPUTS, input_matrix, read_moods, read_names, read_tracks
from tests.ml.music.conftest import HEADER, track_line

Write = Callable[[str, str], Path]

MOODS_HEADER = ",".join(("id", *INPUTS, "mood"))
ROW = "0.1,0.2,-9,0.3,0.4,0.5,0.6,0.7,120,200000"


def test_read_moods_order_of_inputs_and_moods(write: Write) -> None:
    tracks = read_moods(write("moods.csv", f"{MOODS_HEADER}\na,{ROW},Calm\nb,{ROW[:-6]}210000,happy\n"))
    assert tracks.inputs[0].tolist() == [0.1, 0.2, -9.0, 0.3, 0.4, 0.5, 0.6, 0.7, 120.0, 200_000.0]
    assert tracks.ids == ("a", "b")
    assert [list(Mood)[mood] for mood in tracks.moods] == [Mood.CALM, Mood.HAPPY]


def test_read_moods_uri_and_timedelta(write: Write) -> None:
    header = MOODS_HEADER.replace("id,", "uri,", 1)
    row = ROW.replace("200000", "0 days 00:03:08.893000")
    tracks = read_moods(write("moods.csv", f"{header}\nspotify:track:abc,{row},Sad\n"))
    assert tracks.ids == ("abc",)
    assert tracks.inputs[0, -1] == pytest.approx(188_893)


@pytest.mark.parametrize(
    ("lines", "ids"),
    [
        ([f"a,{ROW},Calm", f"a,0.9{ROW[3:]},Calm"], ("a",)),
        ([f"a,{ROW},Calm", f"b,{ROW},Calm"], ("a",)),
        ([f"a,{ROW},Calm", f"a,0.9{ROW[3:]},Sad", f"c,0.8{ROW[3:]},Sad"], ("c",)),
        ([f"a,{ROW},Calm", f"b,{ROW},Sad", f"c,{ROW},Calm", f"d,0.8{ROW[3:]},Sad"], ("d",)),
    ],
)
def test_read_moods_repeated_tracks_once_and_contradictions_never(
    write: Write, lines: list[str], ids: tuple[str, ...]
) -> None:
    assert read_moods(write("moods.csv", "\n".join([MOODS_HEADER, *lines]) + "\n")).ids == ids


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (f"a,{ROW},Gloomy", r"row 2: column mood: 'Gloomy'"),
        (f"a,{ROW},Sad".replace("-9", "loud"), r"row 2: column loudness: 'loud'"),
        (f" ,{ROW},Sad", r"row 2: column id: empty"),
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
    assert input_matrix([first, second]).shape == (2, len(INPUTS))


def test_read_tracks_bad_number_named(write: Write) -> None:
    bad = track_line("a", "Song", "One").replace("0.5", "half", 1)
    with pytest.raises(DataError, match=r"tracks\.csv: row 2: column danceability: 'half'"):
        read_tracks(write("tracks.csv", f"{HEADER}\n{bad}\n"))


def test_read_tracks_without_title_named(write: Write) -> None:
    with pytest.raises(DataError, match=r"tracks\.csv: row 2: column name: empty"):
        read_tracks(write("tracks.csv", f"{HEADER}\n{track_line('a', '', 'One')}\n"))


def test_read_names_comments_dropped(write: Write) -> None:
    assert read_names(write("names.txt", "# a list\nQueen\n\nRtee  # from elsewhere\n")) == {"Queen", "Rtee"}
