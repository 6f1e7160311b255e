"""The tag command end to end on the tiny world."""

import csv
import gzip
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from ml.reviews import evaluate, tag
from ml.reviews.executors import Executor, Scored, make_executor
from ml.reviews.predict import Classifier
from ml.reviews.scoring import Chunk
from ml.reviews.settings import Settings
from ml.reviews.sources import iter_reviews
from tests.ml.reviews.conftest import World, write_reviews, write_table

SETTINGS = Settings(
    fewest_reviews_per_word=1, largest_share_per_word=1.0, word_penalty=1.0, lowest_rating=0.0, reviews_per_chunk=5
)


def arguments_of(world: World, model: Path, output: Path, *more: str) -> list[str]:
    return [
        *("--model", str(model), "--reviews", str(world.reviews), "--base", str(world.base)),
        *("--korean", str(world.korean), "--overviews", str(world.overviews)),
        *("--directors", str(world.directors), "--output", str(output), *more),
    ]


def run(world: World, model: Path, output: Path, monkeypatch: pytest.MonkeyPatch, settings: Settings) -> None:
    monkeypatch.setattr(tag, "Settings", lambda: settings)
    assert tag.main(arguments_of(world, model, output)) == 0


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


def test_tag_no_review_of_any_film_told(
    world: World, classifier_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_reviews(tmp_path / "none.jsonl.gz", [{"tconst": "tt7", "text": "A fine film indeed."}])
    arguments = arguments_of(replace(world, reviews=path), classifier_folder, tmp_path / "movies.csv.gz")
    assert tag.main(arguments) == 2
    assert "none.jsonl.gz: no review of any film" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--executor", "spark://x:1"], "--executor spark://x:1: neither 'local' nor 'dask://HOST:PORT'"),
        (["--executor", "dask://"], "neither 'local' nor 'dask://HOST:PORT'"),
        (["--model", "none"], "none/manifest.json: No such file"),
        (["--movielens", "none"], "none/tags.csv: No such file"),
    ],
)
def test_tag_mistakes_told_without_traceback(
    more: list[str],
    message: str,
    world: World,
    classifier_folder: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert tag.main(arguments_of(world, classifier_folder, tmp_path / "movies.csv.gz", *more)) == 2
    assert message in capsys.readouterr().err
    assert not (tmp_path / "movies.csv.gz").exists()


@pytest.mark.parametrize("option", ["--processes", "--sentences"])
def test_tag_numbers_from_one_on(world: World, tmp_path: Path, option: str) -> None:
    with pytest.raises(SystemExit, match="2"):
        tag.main(arguments_of(world, tmp_path, tmp_path / "movies.csv.gz", option, "0"))


@dataclass
class Faltering:
    """An executor that scores a few chunks and then behaves as on Ctrl+C."""

    inner: Executor
    chunks: int
    scored: list[str] = field(default_factory=list)

    def score(self, chunks: Iterable[Chunk]) -> Scored:
        for chunk, scores in self.inner.score(chunks):
            if len(self.scored) == self.chunks:
                raise KeyboardInterrupt
            self.scored.append(chunk.key)
            yield chunk, scores


def test_tag_interrupted_run_goes_on(
    world: World,
    classifier_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    run(world, classifier_folder, tmp_path / "whole.csv.gz", monkeypatch, SETTINGS)
    executors: list[Faltering] = []

    def falter(name: str, folder: Path, classifier: Classifier, settings: Settings, *, processes: int) -> Faltering:
        inner = make_executor(name, folder, classifier, settings, processes=processes)
        executors.append(Faltering(inner, chunks=1000 if executors else 3))
        return executors[-1]

    monkeypatch.setattr(tag, "make_executor", falter)
    arguments = arguments_of(world, classifier_folder, tmp_path / "movies.csv.gz")
    assert tag.main(arguments) == 130
    assert "the same command goes on from here" in capsys.readouterr().err
    assert len(list((tmp_path / "movies.csv.gz.work").iterdir())) == 3
    assert tag.main(arguments) == 0
    first, second = executors
    assert len(first.scored) == 3
    assert set(first.scored).isdisjoint(second.scored)
    assert (tmp_path / "movies.csv.gz").read_bytes() == (tmp_path / "whole.csv.gz").read_bytes()


def test_tag_work_folder_given(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tag, "Settings", lambda: SETTINGS)
    arguments = arguments_of(world, classifier_folder, tmp_path / "m.csv.gz", "--work", str(tmp_path / "scores"))
    assert tag.main(arguments) == 0
    assert list((tmp_path / "scores").glob("*.npz"))
    assert not (tmp_path / "m.csv.gz.work").exists()


def test_tag_same_set_given_twice_counts_once(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    run(world, classifier_folder, tmp_path / "once.csv.gz", monkeypatch, SETTINGS)
    arguments = arguments_of(world, classifier_folder, tmp_path / "twice.csv.gz", "--reviews", str(world.reviews))
    assert tag.main(arguments) == 0
    assert (tmp_path / "once.csv.gz").read_bytes() == (tmp_path / "twice.csv.gz").read_bytes()


def test_tag_film_under_two_ids_stands_once_with_all_reviews(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = world.base.read_text(encoding="utf-8").splitlines()
    lines = [line.replace("Film 4", "Film 0") for line in lines]  # tt0000005 is tt0000001 once more
    world.base.write_text("\n".join(lines) + "\n", encoding="utf-8")
    run(world, classifier_folder, tmp_path / "movies.csv.gz", monkeypatch, SETTINGS)
    rows = read(tmp_path / "movies.csv.gz")
    assert rows["tt0000001"]["reviews"] == "10"
    assert "tt0000005" not in rows


def test_tag_suicide_theme_by_reviews_and_by_tag(
    world: World, classifier_folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    records: list[dict[str, object]] = [
        {
            "tconst": review.imdb_id,
            "rating": review.rating,
            "text": review.text + (" Her brother commits suicide." if review.imdb_id == "tt0000003" else ""),
        }
        for review in iter_reviews(world.reviews)
    ]
    world = replace(world, reviews=write_reviews(tmp_path / "sad.jsonl.gz", records))
    write_table(tmp_path / "tags.csv", "userId movieId tag timestamp", [["1", "7", "suicide", "0"]], delimiter=",")
    write_table(tmp_path / "links.csv", "movieId imdbId tmdbId", [["7", "0000004", "1"]], delimiter=",")
    monkeypatch.setattr(tag, "Settings", lambda: SETTINGS)
    arguments = arguments_of(world, classifier_folder, tmp_path / "movies.csv.gz", "--movielens", str(tmp_path))
    assert tag.main(arguments) == 0
    rows = read(tmp_path / "movies.csv.gz")
    assert {key for key, row in rows.items() if row["suicide_theme"] == "1"} == {"tt0000003", "tt0000004"}


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
