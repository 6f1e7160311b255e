"""The tag command end to end on the tiny world."""

import csv
import gzip
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from ml.errors import DataError
from ml.reviews import evaluate, tag
from ml.reviews.films import iter_reviews
from ml.reviews.predict import Classifier
from tests.ml.reviews.conftest import World, write_reviews, write_table

SETTINGS = tag.Settings(fewest_reviews_per_word=1, largest_share_per_word=1.0, word_penalty=1.0, lowest_rating=0.0)


def run(world: World, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch, settings: tag.Settings) -> None:
    monkeypatch.setattr(tag, "Settings", lambda: settings)
    arguments = [
        *("tag", "--model", str(model), "--reviews", str(world.reviews), "--base", str(world.base)),
        *("--korean", str(world.korean), "--overviews", str(world.overviews)),
        *("--directors", str(world.directors), "--output", str(output)),
    ]
    monkeypatch.setattr(sys, "argv", arguments)
    tag.main()


def read(path: Path) -> dict[str, dict[str, str]]:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return {row["imdb_id"] or row["tmdb_id"]: row for row in csv.DictReader(file)}


def test_tag_finds_the_feelings(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world, classifier_folder, tmp_path / "movies.csv.gz", monkeypatch, SETTINGS)
    rows = read(tmp_path / "movies.csv.gz")
    assert len(rows) == 14
    assert tuple(rows["tt0000001"]) == tag.COLUMNS
    # Of the twelve reviewed films every fourth is of a kind; its feeling stands above its own mean.
    for number, feeling in ((4, "anxiety"), (1, "joy"), (2, "sadness"), (3, "anger")):
        for film in (number, number + 4):
            assert float(rows[f"tt{film:07d}"][feeling]) > 1.1, (film, feeling)
    assert {row["reviews"] for row in rows.values() if row["source"] == "reviews"} == {"5"}
    assert rows["tt0000501"]["source"] == rows["502"]["source"] == "plot"
    assert float(rows["tt0000501"]["anxiety"]) > 1.0 > float(rows["502"]["anxiety"])
    assert float(rows["502"]["sadness"]) > 1.0
    # A plot is drawn further to the mean than five reviews are.
    assert float(rows["tt0000501"]["anxiety"]) < float(rows["tt0000004"]["anxiety"])


def test_tag_mean_lift_is_one(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world, classifier_folder, tmp_path / "movies.csv.gz", monkeypatch, SETTINGS)
    reviewed = [row for row in read(tmp_path / "movies.csv.gz").values() if row["source"] == "reviews"]
    for feeling in tag.COLUMNS[-5:]:
        assert sum(float(row[feeling]) for row in reviewed) / len(reviewed) == pytest.approx(1.0, abs=0.002)


def test_tag_twice_same_bytes(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first.csv.gz", "second.csv.gz"):
        run(world, classifier_folder, tmp_path / name, monkeypatch, SETTINGS)
    assert (tmp_path / "first.csv.gz").read_bytes() == (tmp_path / "second.csv.gz").read_bytes()


def test_tag_badly_rated_and_erotic_films_left_out(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[dict[str, object]] = []
    for review in iter_reviews(world.reviews):
        is_bad = review.imdb_id == "tt0000001"
        text = review.text + (" Awful rubbish trash." if is_bad else "")
        text += " Pure softcore." if review.imdb_id == "tt0000002" else ""
        records.append({"tconst": review.imdb_id, "rating": 1 if is_bad else 8, "text": text})
    world = replace(world, reviews=write_reviews(tmp_path / "judged.jsonl.gz", records))
    strict = replace(SETTINGS, lowest_rating=3.5, rating_penalty=0.1)
    run(world, classifier_folder, tmp_path / "movies.csv.gz", monkeypatch, strict)
    rows = read(tmp_path / "movies.csv.gz")
    assert {"tt0000001", "tt0000002"}.isdisjoint(rows)
    assert "tt0000003" in rows


def test_tag_no_review_of_any_film_told(classifier: Classifier, tmp_path: Path) -> None:
    path = write_reviews(tmp_path / "none.jsonl.gz", [{"tconst": "tt7", "text": "A fine film indeed."}])
    with pytest.raises(DataError, match=r"none\.jsonl\.gz: no review of any film"):
        tag.tag_films([], [path], classifier, SETTINGS)


def test_genre_agreement_of_the_tiny_world(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world, classifier_folder, tmp_path / "movies.csv.gz", monkeypatch, SETTINGS)
    names = ["Horror", "Comedy", "Drama", "Crime", "Mystery"]
    write_table(
        tmp_path / "genres.csv",
        "genre_id genre_name",
        [[str(i), n] for i, n in enumerate(names)],
        delimiter=",",
    )
    pairs = [[f"tt{number:07d}", str(number % 4)] for number in range(1, 13)] + [["tt0000012", "4"]]
    write_table(tmp_path / "genresinmovies.csv", "imdb_title_id genre_id", pairs, delimiter=",")
    monkeypatch.setattr(evaluate, "FEWEST_REVIEWS", (1,))
    found = evaluate.genre_agreement(tmp_path / "movies.csv.gz", [("imdb", tmp_path)])["films with 1+ reviews"]
    assert found["anxiety/Horror"] == {"auc": 1.0, "films": 12, "positives": 3}
    assert found["joy/Comedy|Romance"]["auc"] == 1.0
