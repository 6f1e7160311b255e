"""Write the film catalogue: films from 1990 on and the lift of each of the five feelings. No review text is kept."""

import argparse
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from tqdm import tqdm

from ml.labels import FEELINGS
from ml.reviews import films as tables
from ml.reviews import profile
from ml.reviews.files import write_csv_gz
from ml.reviews.films import Film, Review
from ml.reviews.predict import ReviewClassifier, fold_to_feelings
from ml.reviews.profile import Floats, Indices
from ml.reviews.text import split_sentences

COLUMNS: tuple[str, ...] = (
    *("imdb_id", "tmdb_id", "title", "title_ko", "year", "director", "director_ko", "reviews", "source"),
    *(feeling.value for feeling in FEELINGS),
)

WORD = r"[a-z]{3,}"


@dataclass(frozen=True, slots=True)
class Settings:
    """What the lifts depend on besides the data and the classifier; none was chosen by looking at genres."""

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
    """r reviews: the film of each [r], its rating [r] (NaN where unknown), its sentences' feelings summed [r, 5]."""

    owners: Indices
    ratings: Floats
    feelings: Floats


@dataclass(frozen=True, slots=True)
class Tags:
    """f films: lift per feeling [f, 5], number of reviews [f], shrunk rating [f], whether there was any text [f]."""

    lifts: Floats
    reviews: Floats
    ratings: Floats
    has_tags: NDArray[np.bool_]


def reviews_of(paths: Sequence[Path], index: Mapping[str, int]) -> Iterator[Review]:
    """Stream the reviews of the films in `index`, file after file, with a progress bar."""
    for path in paths:
        reviews = tqdm(tables.iter_reviews(path), desc=f"{path.parent.name}/{path.name}", unit=" reviews")
        yield from (review for review in reviews if review.imdb_id in index)


def score_reviews(
    reviews: Iterable[Review], index: Mapping[str, int], classifier: ReviewClassifier, *, batch_size: int
) -> ScoredReviews:
    """Sum the probability of each feeling over the sentences of each review; films by `index` of IMDb ids."""
    owners: list[int] = []
    ratings: list[float] = []
    feelings: list[Floats] = []
    batch: list[list[str]] = []
    for review in reviews:
        owners.append(index[review.imdb_id])
        ratings.append(np.nan if review.rating is None else review.rating)
        batch.append(split_sentences(review.text))
        if len(batch) == batch_size:
            feelings.append(_sum_feelings(batch, classifier))
            batch = []
    feelings.append(_sum_feelings(batch, classifier))
    return ScoredReviews(np.array(owners, dtype=np.intp), np.array(ratings), np.concatenate(feelings))


def tag_films(
    films: Sequence[Film], review_paths: Sequence[Path], classifier: ReviewClassifier, settings: Settings
) -> Tags:
    """Lift of each feeling for each film, from its reviews or else from its overview; see `ml.reviews.profile`."""
    index = {film.imdb_id: place for place, film in enumerate(films) if film.imdb_id}
    scored = score_reviews(reviews_of(review_paths, index), index, classifier, batch_size=settings.batch_size)
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
    folds = profile.assign_folds([film.key for film in films])[scored.owners]
    predicted = profile.predict_held_out(words, ratios, folds, penalty=settings.word_penalty)

    shrunk = profile.shrink_to_mean(predicted, scored.owners, len(films))
    observed, counts = profile.film_means(ratios, scored.owners, len(films))
    slope = profile.calibration_slope(shrunk.values, observed, counts)
    lifts = 1.0 + slope * (shrunk.values - 1.0)

    reviewed = counts > 0
    plotted = [place for place, film in enumerate(films) if film.overview and not reviewed[place]]
    if plotted:
        plot_words = vectorizer.transform(films[place].overview for place in plotted)
        plots = profile.predict_plots(words, ratios, plot_words, penalty=settings.word_penalty)
        own = settings.plot_weight / (settings.plot_weight + shrunk.strength)
        lifts[plotted] = 1.0 + slope * own * (plots - 1.0)
    return Tags(
        lifts=np.maximum(lifts / lifts[reviewed].mean(axis=0), 0.0),
        reviews=counts,
        ratings=profile.shrink_to_mean(liked[:, None], scored.owners, len(films)).values[:, 0],
        has_tags=reviewed | np.isin(np.arange(len(films)), plotted),
    )


def catalogue_rows(films: Sequence[Film], tags: Tags, *, lowest_rating: float) -> list[list[str]]:
    """Rows in COLUMNS' order of the films that have tags and are not rated below `lowest_rating`."""
    rows = []
    for place, film in enumerate(films):
        if not tags.has_tags[place] or tags.ratings[place] < lowest_rating:
            continue
        reviews = int(tags.reviews[place])
        source = "reviews" if reviews else "plot"
        facts = [film.imdb_id, film.tmdb_id, film.title, film.title_ko, str(film.year), film.director]
        lifts = [f"{lift:.3f}" for lift in tags.lifts[place]]
        rows.append([*facts, film.director_ko, str(reviews), source, *lifts])
    return rows


def _sum_feelings(batch: Sequence[Sequence[str]], classifier: ReviewClassifier) -> Floats:
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
    tags = tag_films(films, arguments.reviews, ReviewClassifier.load(arguments.model), settings)
    rows = catalogue_rows(films, tags, lowest_rating=settings.lowest_rating)
    write_csv_gz(arguments.output, columns=COLUMNS, rows=rows)
    print(f"{len(rows):,} of {len(films):,} films → {arguments.output}")


if __name__ == "__main__":
    main()
