"""Write the film catalogue: films from 1990 on and the lift of each of the five feelings. No review text is kept."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from tqdm import tqdm

from ml.errors import DataError
from ml.files import write_csv_gz
from ml.labels import FEELINGS
from ml.reviews import films as tables
from ml.reviews import profile
from ml.reviews.films import Film, Review
from ml.reviews.predict import Classifier, fold_to_feelings, load_classifier
from ml.reviews.profile import Floats, Indices, WordMatrix
from ml.reviews.text import speaks_of_erotica, split_sentences

COLUMNS: tuple[str, ...] = (
    *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko", "reviews", "source"),
    *(feeling.value for feeling in FEELINGS),
)

WORD = r"[a-z]{3,}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the lifts depend on besides the data and the classifier.

    `word_penalty` and the labels of `ml.reviews.data` were chosen by looking at the agreement with genres that
    `ml.reviews.evaluate` prints: a figure of development, not of a test.
    """

    fewest_reviews_per_word: int = 30
    largest_share_per_word: float = 0.3
    rating_penalty: float = 10.0
    word_penalty: float = 300.0
    # A plot tells what happens and not how it felt: it counts as half a review, so its lifts are drawn to 1 more.
    plot_weight: float = 0.5
    # Films that reviewers rate below this (1-10, shrunk for few reviews) are no comfort to anyone and are left out.
    lowest_rating: float = 3.5
    batch_size: int = 500


@dataclass(frozen=True, slots=True)
class ScoredReviews:
    """r reviews in the order that they were read."""

    owners: Indices  # [r], the place of the film
    ratings: Floats  # [r], 1-10, NaN where unknown
    feelings: Floats  # [r, 5], the probability of each feeling summed over the sentences
    is_erotica: NDArray[np.bool_]  # [r], whether the review speaks of it


@dataclass(frozen=True, slots=True)
class Tags:
    """f films in the order that they were given."""

    lifts: Floats  # [f, 5]
    reviews: Indices  # [f], how many
    is_shipped: NDArray[np.bool_]  # [f], whether there was any text, and none that speaks against the film


def reviews_of(paths: Sequence[Path], index: Mapping[str, int]) -> Iterator[Review]:
    """Stream the reviews of the films in `index`, file after file, with a progress bar."""
    for path in paths:
        reviews = tqdm(tables.iter_reviews(path), desc=f"{path.parent.name}/{path.name}", unit=" reviews")
        yield from (review for review in reviews if review.imdb_id in index)


def score_reviews(
    reviews: Iterable[Review], index: Mapping[str, int], classifier: Classifier, *, batch_size: int
) -> ScoredReviews:
    """Sum the probability of each feeling over the sentences of each review; films by `index` of IMDb ids."""
    owners: list[int] = []
    ratings: list[float] = []
    feelings: list[Floats] = []
    is_erotica: list[bool] = []
    batch: list[list[str]] = []
    for review in reviews:
        owners.append(index[review.imdb_id])
        ratings.append(np.nan if review.rating is None else review.rating)
        is_erotica.append(speaks_of_erotica(review.text))
        batch.append(split_sentences(review.text))
        if len(batch) == batch_size:
            feelings.append(_sum_feelings(batch, classifier))
            batch = []
    feelings.append(_sum_feelings(batch, classifier))
    return ScoredReviews(
        np.array(owners, dtype=np.intp),
        np.array(ratings),
        np.concatenate(feelings),
        np.array(is_erotica, dtype=np.bool_),
    )


def tag_films(films: Sequence[Film], review_paths: Sequence[Path], classifier: Classifier, settings: Settings) -> Tags:
    """Lift of each feeling for each film, from its reviews or else from its overview; see `ml.reviews.profile`."""
    index = {film.imdb_id: place for place, film in enumerate(films) if film.imdb_id}
    scored = score_reviews(reviews_of(review_paths, index), index, classifier, batch_size=settings.batch_size)
    if not scored.owners.size:
        raise DataError(f"{', '.join(map(str, review_paths))}: no review of any film")
    vectorizer = TfidfVectorizer(
        min_df=settings.fewest_reviews_per_word,
        max_df=settings.largest_share_per_word,
        sublinear_tf=True,
        stop_words="english",
        token_pattern=WORD,
        dtype=np.float32,
    )
    words = vectorizer.fit_transform(review.text for review in reviews_of(review_paths, index))
    liked = profile.predict_ratings(words, scored.ratings, penalty=settings.rating_penalty)
    ratios = profile.ratio_to_same_rating(profile.feeling_shares(scored.feelings), liked)

    lifts, factors = _lifts_from_reviews(films, scored.owners, words, ratios, settings)
    counts = np.bincount(scored.owners, minlength=len(films))
    plotted = [place for place, film in enumerate(films) if film.overview and not counts[place]]
    if plotted:
        plot_words = vectorizer.transform(films[place].overview for place in plotted)
        plots = profile.predict_plots(words, ratios, plot_words, penalty=settings.word_penalty)
        lifts[plotted] = 1.0 + factors * (plots - 1.0)
    has_text = (counts > 0) | np.isin(np.arange(len(films)), plotted)
    return Tags(
        lifts=np.maximum(lifts / lifts[counts > 0].mean(axis=0), 0.0),
        reviews=counts,
        is_shipped=has_text & ~_is_unfit(scored, liked, len(films), settings),
    )


def catalogue_rows(films: Sequence[Film], tags: Tags) -> list[list[str]]:
    """Rows in COLUMNS' order of the films that are shipped."""
    rows = []
    for place in np.flatnonzero(tags.is_shipped).tolist():
        film = films[place]
        reviews = int(tags.reviews[place])
        source = "reviews" if reviews else "plot"
        facts = [film.imdb_id, film.tmdb_id, film.title, film.title_ko, str(film.year), film.director]
        lifts = [f"{lift:.3f}" for lift in tags.lifts[place]]
        rows.append([*facts, film.director_ko, str(reviews), source, *lifts])
    return rows


def _lifts_from_reviews(
    films: Sequence[Film], owners: Indices, words: WordMatrix, ratios: Floats, settings: Settings
) -> tuple[Floats, Floats]:
    """Lifts [f, 5] of the films from their reviews' words, and the factors [5] that make a plot's ratio a lift."""
    folds = profile.assign_folds([film.key for film in films])[owners]
    predicted = profile.predict_held_out(words, ratios, folds, penalty=settings.word_penalty)
    shrunk = profile.shrink_to_mean(predicted, owners, len(films))
    observed, counts = profile.film_means(ratios, owners, len(films))
    slope = profile.calibration_slope(shrunk.values, observed, counts)
    own_share = settings.plot_weight / (settings.plot_weight + shrunk.strength)
    return 1.0 + slope * (shrunk.values - 1.0), slope * own_share


def _is_unfit(scored: ScoredReviews, liked: Floats, films: int, settings: Settings) -> NDArray[np.bool_]:
    """Which films [f] reviewers rate too low or speak of as erotica: half of the reviews, and two at least."""
    ratings = profile.shrink_to_mean(liked[:, None], scored.owners, films).values[:, 0]
    calls = np.bincount(scored.owners, scored.is_erotica, minlength=films)
    counts = np.bincount(scored.owners, minlength=films)
    return np.asarray((ratings < settings.lowest_rating) | ((calls >= 2) & (2 * calls >= counts)))


def _sum_feelings(batch: Sequence[Sequence[str]], classifier: Classifier) -> Floats:
    """Feelings summed over the sentences of each review of a batch [b, 5]; one call of the classifier for all."""
    sums = np.zeros((len(batch), len(FEELINGS)))
    sentences = [sentence for review in batch for sentence in review]
    if sentences:
        owners = np.repeat(np.arange(len(batch)), [len(review) for review in batch])
        np.add.at(sums, owners, fold_to_feelings(classifier.predict(sentences)))
    return sums


def _read_films(arguments: argparse.Namespace) -> list[Film]:
    overviews = tables.read_overviews(arguments.overviews) if arguments.overviews else {}
    unreviewed = tables.read_korean_titles(arguments.korean, overviews) if arguments.korean else []
    directors = tables.read_korean_directors(arguments.directors) if arguments.directors else {}
    return tables.merge_films(tables.read_catalogue(arguments.base), unreviewed, overviews, directors)


def main() -> None:
    """Score the reviews, turn them into lifts, and write the catalogue file."""
    parser = argparse.ArgumentParser(description=main.__doc__)
    parser.add_argument("--model", type=Path, required=True, help="folder that ml.reviews.train wrote")
    parser.add_argument("--reviews", type=Path, action="append", required=True, help="reviews.jsonl.gz; repeatable")
    parser.add_argument("--base", type=Path, required=True, help="TSV of films with reviews")
    parser.add_argument("--korean", type=Path, help="TSV of Korean titles without reviews")
    parser.add_argument("--overviews", type=Path, help="CSV of films with English overviews")
    parser.add_argument("--directors", type=Path, help="TSV of directors' names in Korean")
    parser.add_argument("--output", type=Path, required=True, help="the catalogue file, *.csv.gz")
    arguments = parser.parse_args()
    settings = Settings()
    films = _read_films(arguments)
    tags = tag_films(films, arguments.reviews, load_classifier(arguments.model), settings)
    rows = catalogue_rows(films, tags)
    write_csv_gz(arguments.output, columns=COLUMNS, rows=rows)
    print(f"{len(rows):,} of {len(films):,} films → {arguments.output}")


if __name__ == "__main__":
    main()
