"""Small files of labelled tracks and of a catalogue, drawn around what each mood sounds like."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.labels import Mood
from ml.music.data import INPUTS, LabelledTracks
from ml.music.settings import BoostingSettings, ForestSettings, VoteSettings

HEADER = (
    "id,name,artist,album,release_date,popularity,length,danceability,energy,loudness,speechiness,acousticness,"
    "instrumentalness,liveness,valence,tempo,key,mode,time_signature,source,is_instrumental_version,dup_of_same_title"
)

# danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo, length
CENTRES = {
    Mood.HAPPY: (0.7, 0.7, -5, 0.06, 0.1, 0.0, 0.2, 0.85, 120, 200_000),
    Mood.SAD: (0.45, 0.35, -9, 0.04, 0.6, 0.0, 0.15, 0.2, 110, 240_000),
    Mood.CALM: (0.35, 0.15, -20, 0.04, 0.9, 0.7, 0.1, 0.2, 95, 180_000),
    Mood.ENERGETIC: (0.6, 0.92, -4, 0.1, 0.03, 0.0, 0.25, 0.5, 130, 210_000),
}


def track_line(
    spotify_id: str,
    title: str,
    artist: str,
    *,
    popularity: str = "40",
    length: int = 200_000,
    instrumentalness: float = 0.0,
    is_instrumental: bool = False,
    is_repeat: bool = False,
) -> str:
    """One line under HEADER; the first 0.5 is the danceability."""
    return (
        f"{spotify_id},{title},{artist},Album,2020-01-01,{popularity},{length},0.5,0.6,-7,0.05,0.2,"
        f"{instrumentalness},0.1,0.4,100,5,1,4,test,{is_instrumental},{is_repeat}"
    )


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str, str], Path]:
    """Write a file of the given name and content."""

    def write_file(name: str, content: str) -> Path:
        path = tmp_path / name
        path.write_text(content, encoding="utf-8")
        return path

    return write_file


@pytest.fixture(scope="session")
def labelled_tracks() -> LabelledTracks:
    """Twenty tracks of each mood, scattered around its centre."""
    generator = np.random.default_rng(7)
    moods = np.repeat(np.arange(len(Mood)), 20)
    centres = np.array([CENTRES[mood] for mood in Mood], dtype=np.float64)
    spread = np.array([0.08, 0.08, 1.5, 0.02, 0.08, 0.03, 0.05, 0.08, 15.0, 20_000])
    inputs = centres[moods] + generator.normal(size=(moods.size, len(INPUTS))) * spread
    return LabelledTracks(tuple(f"track{row}" for row in range(moods.size)), inputs, moods)


@pytest.fixture(scope="session")
def moods_csv(labelled_tracks: LabelledTracks, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The labelled tracks as a file that the commands read."""
    path = tmp_path_factory.mktemp("moods") / "moods.csv"
    lines = [",".join(("id", *INPUTS, "mood"))]
    for spotify_id, row, mood in zip(labelled_tracks.ids, labelled_tracks.inputs, labelled_tracks.moods, strict=True):
        lines.append(",".join((spotify_id, *map(str, row), list(Mood)[mood])))
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def small_vote() -> VoteSettings:
    """The default's settings with few trees."""
    return VoteSettings(forest=ForestSettings(trees=8), boosting=BoostingSettings(rounds=5))
