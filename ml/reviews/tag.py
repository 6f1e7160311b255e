"""Write the film catalogue: films from 1990 on and the lift of each of the five feelings. No review text is kept.

Scoring, the expensive part, goes chunk by chunk and keeps what is done: the same command goes on after an
interruption, and scores only what changed when reviews were added or the model was trained anew.
"""

import argparse
import sys
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from tqdm import tqdm

from ml.errors import DataError, ModelError
from ml.files import write_csv_gz
from ml.labels import FEELINGS
from ml.reviews import films as tables
from ml.reviews import names, theme
from ml.reviews.executors import Executor, make_executor
from ml.reviews.films import Film
from ml.reviews.lifts import Tags, tag_films
from ml.reviews.predict import load_classifier
from ml.reviews.scoring import Chunk, ScoredReviews, cut_into_chunks
from ml.reviews.settings import Settings
from ml.reviews.sources import iter_unique_reviews
from ml.reviews.titles import merge_duplicates
from ml.reviews.work import WorkFolder

COLUMNS: tuple[str, ...] = (
    *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko", "reviews", "rating"),
    *("source", "suicide_theme"),
    *(feeling.value for feeling in FEELINGS),
)


@dataclass(frozen=True, slots=True)
class Scoring:
    """How reviews are scored, and where the scores are kept; `version` is the classifier's."""

    version: str
    settings: Settings
    executor: Executor
    work: WorkFolder


@dataclass(frozen=True, slots=True)
class Catalogue:
    """f films, none of them twice, and what was found for each."""

    films: list[Film]
    tags: Tags
    has_suicide_theme: NDArray[np.bool_]  # [f]


def score_chunks(chunks: Iterable[Chunk], executor: Executor, work: WorkFolder) -> ScoredReviews | None:
    """Score the chunks that the work folder does not hold, and give the reviews of all in their order.

    None when there are no chunks. Each finished chunk is kept at once. Raises DataError when one cannot be kept.
    """
    keys: list[str] = []
    with tqdm(desc="scoring", unit=" reviews", unit_scale=True) as progress:

        def missing() -> Iterator[Chunk]:
            for chunk in chunks:
                keys.append(chunk.key)
                if work.read(chunk.key) is None:
                    yield chunk
                else:
                    progress.update(len(chunk.reviews))

        with closing(executor.score(missing())) as finished:
            for chunk, scores in finished:
                work.write(chunk.key, scores)
                progress.update(len(chunk.reviews))
    parts = [kept for key in keys if (kept := work.read(key)) is not None]
    if len(parts) < len(keys):
        raise DataError(f"{work.folder}: scores were taken away while they were made; run the command again")
    return ScoredReviews.concatenate(parts) if parts else None


def tag_catalogue(
    films: Sequence[Film], paths: Sequence[Path], scoring: Scoring, tagged: Collection[str]
) -> Catalogue:
    """Score the reviews of the films, make films that stand twice one, and tag them.

    `tagged` holds IMDb ids of films with a tag of suicide. Raises DataError when no review is of any film.
    """
    imdb_ids = {film.imdb_id for film in films if film.imdb_id}
    chunks = cut_into_chunks(iter_unique_reviews(paths, imdb_ids), scoring.version, scoring.settings)
    scored = score_chunks(chunks, scoring.executor, scoring.work)
    if scored is None:
        raise DataError(f"{', '.join(map(str, paths))}: no review of any film")
    films, by_imdb_id = merge_duplicates(films, Counter(scored.imdb_ids.tolist()))
    places = {film.key: place for place, film in enumerate(films)}
    owners = np.array([places[by_imdb_id[imdb_id].key] for imdb_id in scored.imdb_ids.tolist()], dtype=np.intp)
    tags = tag_films(films, scored, owners, iter_unique_reviews(paths, imdb_ids), scoring.settings)
    return Catalogue(films, tags, theme.find_suicide_themes(films, tags.suicide_reviews, tags.reviews, tagged))


def catalogue_rows(catalogue: Catalogue) -> list[list[str]]:
    """Rows in COLUMNS' order of the films that are shipped."""
    tags = catalogue.tags
    rows = []
    for place in np.flatnonzero(tags.is_shipped).tolist():
        film = catalogue.films[place]
        reviews = int(tags.reviews[place])
        facts = [
            film.imdb_id,
            film.tmdb_id,
            film.title,
            film.title_ko,
            str(film.year),
            film.director,
            film.director_ko,
        ]
        rating = f"{tags.ratings[place]:.1f}" if reviews else ""
        origin = ["reviews" if reviews else "plot", str(int(catalogue.has_suicide_theme[place]))]
        rows.append([*facts, str(reviews), rating, *origin, *(f"{lift:.3f}" for lift in tags.lifts[place])])
    return rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return its exit code (2 for bad data, a bad model or no cluster, 130 when interrupted)."""
    options = _parse(arguments)
    try:
        count, total = _run(options)
    except (DataError, ModelError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print("stopped: the same command goes on from here", file=sys.stderr)
        return 130
    print(f"{count:,} of {total:,} films → {options.output}")
    return 0


def _run(options: argparse.Namespace) -> tuple[int, int]:
    """Tag and write; give the number of films written and read."""
    settings = replace(Settings(), most_sentences=options.sentences)
    films = _read_films(options)
    tagged = theme.read_suicide_tags(options.movielens) if options.movielens else frozenset()
    classifier = load_classifier(options.model)
    scoring = Scoring(
        version=classifier.version,
        settings=settings,
        executor=make_executor(options.executor, options.model, classifier, settings, processes=options.processes),
        work=WorkFolder(options.work or options.output.with_name(f"{options.output.name}.work")),
    )
    rows = catalogue_rows(tag_catalogue(films, options.reviews, scoring, tagged))
    write_csv_gz(options.output, columns=COLUMNS, rows=rows)
    return len(rows), len(films)


def _read_films(options: argparse.Namespace) -> list[Film]:
    overviews = tables.read_overviews(options.overviews) if options.overviews else {}
    unreviewed = tables.read_korean_titles(options.korean, overviews) if options.korean else []
    films = tables.merge_films(tables.read_catalogue(options.base), unreviewed, overviews)
    return names.correct_titles(names.name_directors(films, names.read_directors(options.directors)))


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m ml.reviews.tag", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.reviews.train wrote")
    parser.add_argument(
        "--reviews",
        type=Path,
        action="append",
        required=True,
        help="reviews.jsonl.gz, or aclImdb, the folder of the Large Movie Review Dataset; repeatable",
    )
    parser.add_argument("--base", type=Path, required=True, help="TSV of films with reviews")
    parser.add_argument("--korean", type=Path, help="TSV of Korean titles without reviews")
    parser.add_argument("--overviews", type=Path, help="CSV of films with English overviews")
    parser.add_argument("--directors", type=Path, help="TSV of directors' names in Korean")
    parser.add_argument("--movielens", type=Path, help="folder with tags.csv and links.csv: films tagged with suicide")
    parser.add_argument("--sentences", type=_positive, help="score at most so many of a review (default: all)")
    parser.add_argument("--executor", default="local", help="local (default), or dask://HOST:PORT of a scheduler")
    parser.add_argument("--processes", type=_positive, default=1, help="local processes that score (default: 1)")
    parser.add_argument("--work", type=Path, help="folder of finished scores (default: OUTPUT.work)")
    parser.add_argument("--output", type=Path, required=True, help="the catalogue file, *.csv.gz")
    return parser.parse_args(arguments)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is not 1 or more")
    return number


if __name__ == "__main__":
    sys.exit(main())
