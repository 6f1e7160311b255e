"""Which tracks the catalogue keeps, and the tag command end to end."""

import csv
import gzip
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from ml.files import read_rows
from ml.music import tag, train
from ml.music.data import LabelledTracks, read_tracks
from ml.music.settings import VoteSettings
from tests.ml.music.conftest import HEADER, track_line

Write = Callable[[str, str], Path]

KEPT = [
    track_line("k1", "봄날", "아이유"),
    track_line("k2", "Through the Night", "IU"),
    track_line("k3", "무제(無題) (Untitled)", "G-DRAGON"),
    track_line("k4", "Alive", "Somebody", popularity=""),
]
DROPPED = [
    track_line("d1", "Song - Instrumental", "IU"),
    track_line("d2", "Marked", "IU", is_instrumental=True),
    track_line("d3", "Repeat", "IU", is_repeat=True),
    track_line("d4", "Too short", "IU", length=59_000),
    track_line("d5", "Too long", "IU", length=601_000),
    track_line("d6", "Ambient", "IU", instrumentalness=0.9),
    track_line("d7", "Love Story", "Queen of Elsewhere"),
    track_line("d8", "雪の華", "BLACKPINK"),
    track_line("d9", "我们很小", "IZ"),
    track_line("d10", "Song (Japanese Ver.)", "IU"),
    track_line("d11", "Through the Night (Live)", "IU"),
    track_line("d12", "Еду в Башкортостан", "AITE"),
    track_line("d13", "มีแฟนรึยัง", "Kanto"),
    track_line("d14", "Song (Relift)", "IU"),
    track_line("d15", "Aria of a namesake", "IU"),
]


def ids(lines: list[str]) -> set[str]:
    return {line.split(",")[0] for line in lines}


def test_select_korean(write: Write) -> None:
    tracks = read_tracks(write("tracks.csv", "\n".join([HEADER, *KEPT, *DROPPED]) + "\n"))
    kept = tag.select_korean(tracks, non_korean=frozenset({"Queen of Elsewhere", "d15"}))
    assert {track.spotify_id for track in kept} == ids(KEPT)


def test_drop_repeated_keeps_the_most_popular_version(write: Write) -> None:
    lines = [
        track_line("v1", "Dynamite", "BTS", popularity="50"),
        track_line("v2", "Dynamite (feat. Someone)", "BTS", popularity="70"),
        track_line("v3", "DYNAMITE - Acoustic", "bts", popularity=""),
        track_line("v4", "Dynamite", "VIXX", popularity="10"),
        track_line("v5", "(Intro)", "BTS", popularity="10"),
        track_line("v6", "TOMBOY", "GIDLE", popularity="10"),
        track_line("v7", "Tomboy", "(G)I-DLE", popularity="20"),
    ]
    tracks = read_tracks(write("tracks.csv", "\n".join([HEADER, *lines]) + "\n"))
    assert {track.spotify_id for track in tag.drop_repeated(tracks)} == {"v2", "v4", "v5", "v7"}


def test_fill_popularity_median_where_unknown(write: Write) -> None:
    values = ["10", "20", "60", ""]
    lines = [track_line(f"p{row}", f"T{row}", "A", popularity=value) for row, value in enumerate(values)]
    tracks = read_tracks(write("tracks.csv", "\n".join([HEADER, *lines]) + "\n"))
    assert tag.fill_popularity(tracks) == {"p0": 10, "p1": 20, "p2": 60, "p3": 20}


def test_tag_command_twice_same_bytes(
    write: Write,
    tmp_path: Path,
    labelled_tracks: LabelledTracks,
    small_vote: VoteSettings,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    tracks = write("tracks.csv", "\n".join([HEADER, *reversed(KEPT), *DROPPED]) + "\n")
    train.save(tmp_path / "model", "vote", small_vote, labelled_tracks, metrics={}, facts={})
    monkeypatch.setattr(tag, "NON_KOREAN", write("names.txt", "Queen of Elsewhere\nd15  # a song\n"))
    for name in ("first.csv.gz", "second.csv.gz"):
        arguments = ["--model", str(tmp_path / "model"), "--tracks", str(tracks), "--output", str(tmp_path / name)]
        assert tag.main(arguments) == 0
    assert (tmp_path / "first.csv.gz").read_bytes() == (tmp_path / "second.csv.gz").read_bytes()
    with gzip.open(tmp_path / "first.csv.gz", "rt", encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == tag.COLUMNS
    assert [row["spotify_id"] for row in rows] == sorted(ids(KEPT))
    for row in rows:
        assert sum(float(row[mood]) for mood in ("happy", "sad", "calm", "energetic")) == pytest.approx(1.0, abs=2e-4)


def test_tag_command_without_model_tells_what_to_do(
    write: Write, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    tracks = write("tracks.csv", "\n".join([HEADER, *KEPT]) + "\n")
    arguments = ["--model", str(tmp_path), "--tracks", str(tracks), "--output", str(tmp_path / "out.csv.gz")]
    assert tag.main(arguments) == 2
    assert "python -m ml.music.train" in capsys.readouterr().err
    assert not (tmp_path / "out.csv.gz").exists()


@pytest.mark.parametrize(
    ("artists", "expected"),
    [
        (["IU"], "아이유"),
        (["Girls' Generation"], "소녀시대"),
        (["Girls Generation"], "소녀시대"),
        (["IU", "Nobody Knows Them"], "아이유, Nobody Knows Them"),
        (["Nobody Knows Them"], ""),
    ],
)
def test_name_in_korean(artists: list[str], expected: str) -> None:
    assert tag.name_in_korean(artists, tag.read_korean_artists()) == expected


def test_korean_artists_stand_once_and_are_korean() -> None:
    rows = [row for _, row in read_rows(tag.KOREAN_ARTISTS, columns=("artist", "artist_ko"), delimiter="\t")]
    assert len(rows) == len(tag.read_korean_artists())
    assert all(re.search("[가-힣]", row["artist_ko"]) for row in rows)
