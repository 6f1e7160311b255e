"""Small files of labelled tracks and of a catalogue, drawn around what each mood sounds like."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from ml.labels import Mood
from ml.music.data import FEATURES, LabelledTracks

HEADER = (
    "id,name,artist,album,release_date,popularity,length,danceability,energy,loudness,speechiness,acousticness,"
    "instrumentalness,liveness,valence,tempo,key,mode,time_signature,source,is_instrumental_version,dup_of_same_title"
)

# danceability, energy, loudness, speechiness, acousticness, instrumentalness, liveness, valence, tempo
CENTRES = {
    Mood.HAPPY: (0.7, 0.7, -5, 0.06, 0.1, 0.0, 0.2, 0.85, 120),
    Mood.SAD: (0.45, 0.35, -9, 0.04, 0.6, 0.0, 0.15, 0.2, 110),
    Mood.CALM: (0.35, 0.15, -20, 0.04, 0.9, 0.7, 0.1, 0.2, 95),
    Mood.ENERGETIC: (0.6, 0.92, -4, 0.1, 0.03, 0.0, 0.25, 0.5, 130),
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
    centres = np.array([CENTRES[mood] for mood in Mood])
    spread = np.array([0.08, 0.08, 1.5, 0.02, 0.08, 0.03, 0.05, 0.08, 15.0])
    features = centres[moods] + generator.normal(size=(moods.size, len(FEATURES))) * spread
    return LabelledTracks(features, moods)
