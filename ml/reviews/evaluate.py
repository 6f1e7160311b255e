"""How good the classifier is on sentences that it never saw, and how well the film tags agree with genres."""

import argparse
import json
from collections import defaultdict
from pathlib import Path
from typing import Any

from ml.files import read_number, read_rows, write_json
from ml.labels import FEELINGS
from ml.reviews import genres
from ml.reviews.data import read_dair
from ml.reviews.predict import METRICS, load_classifier
from ml.reviews.train import measure

# Agreement is told for all films and for those that more reviews speak of.
FEWEST_REVIEWS: tuple[int, ...] = (1, 3, 10, 20)


def genre_agreement(movies: Path, folders: list[tuple[str, Path]]) -> dict[str, Any]:
    """The AUC of each feeling by the least number of reviews, for a catalogue file and genre tables."""
    readers = {"imdb": genres.read_imdb_genres, "movielens": genres.read_movielens_genres}
    known: dict[str, set[str]] = defaultdict(set)
    for kind, folder in folders:
        for film, names in readers[kind](folder).items():
            known[film] |= names
    lifts, reviews = {}, {}
    for line, row in read_rows(movies, columns=("imdb_id", "reviews", *FEELINGS)):
        if row["imdb_id"] and row["reviews"] != "0":
            lifts[row["imdb_id"]] = {
                feeling: read_number(row, feeling, path=movies, line=line) for feeling in FEELINGS
            }
            reviews[row["imdb_id"]] = int(row["reviews"])
    return {
        f"films with {fewest}+ reviews": {
            f"{found.emotion}/{'|'.join(sorted(found.genres))}": {
                "auc": found.auc,
                "films": found.films,
                "positives": found.positives,
            }
            for found in genres.agreements(lifts, known, [film for film in lifts if reviews[film] >= fewest])
        }
        for fewest in FEWEST_REVIEWS
    }


def main() -> None:
    """Measure on dair-ai's test split and the catalogue against genres; add both to metrics.json."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.reviews.train wrote")
    parser.add_argument("--dair", type=Path, help="folder with test.txt")
    parser.add_argument("--movies", type=Path, help="catalogue file that ml.reviews.tag wrote")
    parser.add_argument("--imdb-genres", type=Path, help="folder with genres.csv and genresinmovies.csv")
    parser.add_argument("--movielens", type=Path, help="folder with movies.csv and links.csv")
    arguments = parser.parse_args()
    metrics = json.loads((arguments.model / METRICS).read_text(encoding="utf-8"))
    if arguments.dair:
        metrics["test"] = measure(load_classifier(arguments.model), read_dair(arguments.dair / "test.txt"))
        print("dair-ai test:", metrics["test"])
    sources = [("imdb", arguments.imdb_genres), ("movielens", arguments.movielens)]
    if arguments.movies:
        metrics["genres"] = genre_agreement(arguments.movies, [(kind, path) for kind, path in sources if path])
        for films, found in metrics["genres"].items():
            print(films, " ".join(f"{pair} {values['auc']:.3f}" for pair, values in found.items()))
    write_json(arguments.model / METRICS, metrics)


if __name__ == "__main__":
    main()
