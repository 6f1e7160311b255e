"""The catalogue files that ship with the site: columns, counts, ranges and identifiers, whoever made them."""

import csv
import gzip
import re
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import catalog
from ml.labels import FEELINGS, Emotion, Mood
from ml.music.rank import AXES, MoodRanks
from ml.reviews.rank import lift_put_forward, movie_weight

FOLDER = Path(catalog.__file__).parent / "data"

MOVIE_COLUMNS = (
    "imdb_id,tmdb_id,title,title_ko,year,director,director_ko,reviews,rating,source,suicide_theme,"
    "joy,sadness,anger,anxiety,embarrassment"
)
TRACK_COLUMNS = (
    "spotify_id,title,artist,artist_ko,album,release_date,duration_ms,popularity,danceability,energy,key,loudness,mode,"
    "speechiness,acousticness,instrumentalness,liveness,valence,tempo,time_signature,happy,sad,calm,energetic"
)

Rows = list[dict[str, str]]


def read(name: str) -> Rows:
    with gzip.open(FOLDER / name, "rt", encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture(scope="module")
def movies() -> Rows:
    return read("movies.csv.gz")


@pytest.fixture(scope="module")
def tracks() -> Rows:
    return read("tracks.csv.gz")


@pytest.fixture(scope="module")
def ranks(tracks: Rows) -> NDArray[np.float64]:
    measured = (
        np.array([[float(track[mood]) for mood in Mood] for track in tracks]),
        np.array([[float(track[name]) for name in AXES] for track in tracks]),
    )
    return MoodRanks.of(*measured).rank(*measured)


def test_files_are_small() -> None:
    assert sum((FOLDER / name).stat().st_size for name in ("movies.csv.gz", "tracks.csv.gz")) < 3_000_000


def test_files_carry_no_time_stamp() -> None:
    # Bytes 4-7 of a gzip header (RFC 1952) are the time; with zero the same rows give the same file.
    for name in ("movies.csv.gz", "tracks.csv.gz"):
        assert (FOLDER / name).read_bytes()[4:8] == b"\0\0\0\0"


def test_movies_columns_and_counts(movies: Rows) -> None:
    assert ",".join(movies[0]) == MOVIE_COLUMNS
    assert len(movies) >= 12_000
    assert sum(bool(movie["title_ko"]) for movie in movies) >= 3_700
    assert sum(movie["source"] == "plot" for movie in movies) >= 1_000


def test_movies_identifiers_unique(movies: Rows) -> None:
    for column in ("imdb_id", "tmdb_id"):
        values = [movie[column] for movie in movies if movie[column]]
        assert len(values) == len(set(values))
    assert all(movie["imdb_id"] or movie["tmdb_id"] for movie in movies)
    assert all(re.fullmatch(r"(tt\d{7,8})?", movie["imdb_id"]) for movie in movies)


def test_movies_facts(movies: Rows) -> None:
    for movie in movies:
        assert movie["title"].strip()
        assert 1990 <= int(movie["year"]) <= 2026
        assert movie["source"] == ("plot" if movie["reviews"] == "0" else "reviews")
        assert "<" not in movie["title"] + movie["title_ko"]


def test_movies_lifts_around_one(movies: Rows) -> None:
    lifts = np.array([[float(movie[feeling]) for feeling in FEELINGS] for movie in movies])
    assert lifts.min() >= 0
    assert lifts.max() < 5
    np.testing.assert_allclose(lifts.mean(axis=0), 1.0, atol=0.03)
    # Each feeling sets films apart: otherwise recommendations for it would be drawn at random.
    assert (np.quantile(lifts, 0.99, axis=0) > 1.2).all()


def test_movies_plots_are_drawn_to_the_mean(movies: Rows) -> None:
    spread = {
        source: np.std([[float(movie[f]) for f in FEELINGS] for movie in movies if movie["source"] == source])
        for source in ("reviews", "plot")
    }
    assert spread["plot"] < 0.7 * spread["reviews"]


@pytest.mark.parametrize("feeling", FEELINGS)
def test_movies_put_forward_can_be_found_in_korea(movies: Rows, feeling: str) -> None:
    def weight(movie: dict[str, str]) -> float:
        lifts = {Emotion(name): float(movie[name]) for name in FEELINGS}
        return movie_weight(
            lift_put_forward(Emotion(feeling), lifts),
            reviews=int(movie["reviews"]),
            rating=float(movie["rating"]) if movie["rating"] else None,
            has_korean_title=bool(movie["title_ko"]),
        )

    top = sorted(movies, key=weight, reverse=True)[:150]
    assert weight(top[-1]) > 0.1
    assert sum(bool(movie["title_ko"]) for movie in top) >= 75


@pytest.mark.parametrize(
    ("title_ko", "feeling"),
    [
        ("컨저링", "anxiety"),
        ("장화, 홍련", "anxiety"),
        ("덤 앤 더머", "joy"),
        ("웨딩 싱어", "joy"),
        ("행복을 찾아서", "sadness"),
        ("아무도 모른다", "sadness"),
        ("블랙 호크 다운", "anger"),
        ("멀홀랜드 드라이브", "embarrassment"),
    ],
)
def test_movies_that_everybody_knows(movies: Rows, title_ko: str, feeling: str) -> None:
    (movie,) = [movie for movie in movies if movie["title_ko"] == title_ko]
    lifts = {name: float(movie[name]) for name in FEELINGS}
    assert lifts[feeling] > 1.15
    assert max(lifts, key=lambda name: lifts[name]) == feeling


def test_tracks_columns_and_counts(tracks: Rows) -> None:
    assert ",".join(tracks[0]) == TRACK_COLUMNS
    assert len(tracks) >= 5_000


def test_tracks_facts(tracks: Rows) -> None:
    assert len({track["spotify_id"] for track in tracks}) == len(tracks)
    for track in tracks:
        assert re.fullmatch(r"[0-9A-Za-z]{22}", track["spotify_id"])
        assert track["title"].strip()
        assert track["artist"].strip()
        assert re.fullmatch(r"(\d{4}(-\d{2}(-\d{2})?)?)?", track["release_date"])
        assert 60_000 <= int(track["duration_ms"]) <= 600_000
        assert 0 <= int(track["popularity"]) <= 100


def test_tracks_features_in_spotifys_ranges(tracks: Rows) -> None:
    for name in ("danceability", "energy", "speechiness", "acousticness", "liveness", "valence"):
        values = np.array([float(track[name]) for track in tracks])
        assert values.min() >= 0, name
        assert values.max() <= 1, name
    assert max(float(track["instrumentalness"]) for track in tracks) <= 0.5
    assert all(-60 <= float(track["loudness"]) <= 5 for track in tracks)
    assert {track["key"] for track in tracks} <= {str(key) for key in range(-1, 12)}
    assert {track["mode"] for track in tracks} == {"0", "1"}


def test_tracks_probabilities_sum_to_one(tracks: Rows) -> None:
    probabilities = np.array([[float(track[mood]) for mood in Mood] for track in tracks])
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0, atol=2e-4)


def test_tracks_each_mood_has_enough(ranks: NDArray[np.float64]) -> None:
    assert np.bincount(ranks.argmax(axis=1), minlength=4).min() >= 800


@pytest.mark.parametrize(
    ("artist", "title", "mood"),
    [
        ("Gummy", "You Are My Everything", Mood.SAD),
        ("Paul Kim", "Every day, Every Moment", Mood.SAD),
        ("Yerin Baek", "A Walk", Mood.CALM),
        ("T-ARA", "Roly-Poly", Mood.HAPPY),
        ("SOYOU", "Some", Mood.HAPPY),
        ("Stray Kids", "MIROH", Mood.ENERGETIC),
        ("PSY", "Gangnam Style", Mood.ENERGETIC),
    ],
)
def test_tracks_that_everybody_knows(
    tracks: Rows, ranks: NDArray[np.float64], artist: str, title: str, mood: Mood
) -> None:
    (place,) = [
        place
        for place, track in enumerate(tracks)
        if track["artist"].startswith(artist) and track["title"].startswith(title)
    ]
    assert list(Mood)[ranks[place].argmax()] == mood
