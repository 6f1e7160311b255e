"""Scored reviews and their words → the lift of each feeling for each film; the maths is in `ml.reviews.profile`."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer

from ml.errors import DataError
from ml.reviews import profile
from ml.reviews.films import Film
from ml.reviews.profile import Floats, Indices, WordMatrix
from ml.reviews.scoring import ScoredReviews
from ml.reviews.settings import Settings
from ml.reviews.sources import Review

WORD = r"[a-z]{3,}"


@dataclass(frozen=True, slots=True)
class Tags:
    """f films in the order that they were given."""

    lifts: Floats  # [f, 5]
    reviews: Indices  # [f], how many
    ratings: Floats  # [f], 1-10 as the words of the reviews tell it, shrunk for few; NaN without reviews
    suicide_reviews: Indices  # [f], how many of them speak of suicide
    is_shipped: NDArray[np.bool_]  # [f], whether there was any text, and none that speaks against the film


def tag_films(
    films: Sequence[Film], scored: ScoredReviews, owners: Indices, reviews: Iterable[Review], settings: Settings
) -> Tags:
    """Lift of each feeling for each film, from its reviews or else from its overview.

    `owners` [r] are the places in `films` that the r scored reviews belong to; `reviews` streams the same reviews
    again, for their words. Raises DataError when it does not.
    """
    vectorizer = TfidfVectorizer(
        min_df=settings.fewest_reviews_per_word,
        max_df=settings.largest_share_per_word,
        sublinear_tf=True,
        stop_words="english",
        token_pattern=WORD,
        dtype=np.float32,
    )
    words = vectorizer.fit_transform(_texts_of(reviews, scored))
    liked = profile.predict_ratings(words, scored.ratings, penalty=settings.rating_penalty)
    ratios = profile.ratio_to_same_rating(profile.feeling_shares(scored.feelings), liked)

    lifts, factors = _lifts_from_reviews(films, owners, words, ratios, settings)
    counts = np.bincount(owners, minlength=len(films))
    plotted = [place for place, film in enumerate(films) if film.overview and not counts[place]]
    if plotted:
        plot_words = vectorizer.transform(films[place].overview for place in plotted)
        plots = profile.predict_plots(words, ratios, plot_words, penalty=settings.word_penalty)
        lifts[plotted] = 1.0 + factors * (plots - 1.0)
    ratings = profile.shrink_to_mean(liked[:, None], owners, len(films)).values[:, 0]
    has_text = (counts > 0) | np.isin(np.arange(len(films)), plotted)
    return Tags(
        lifts=np.maximum(lifts / lifts[counts > 0].mean(axis=0), 0.0),
        reviews=counts,
        ratings=np.where(counts > 0, ratings, np.nan),
        suicide_reviews=np.bincount(owners[scored.is_suicide], minlength=len(films)),
        is_shipped=has_text & (ratings >= settings.lowest_rating) & ~_is_erotica(owners, scored.is_erotica, counts),
    )


def _texts_of(reviews: Iterable[Review], scored: ScoredReviews) -> Iterator[str]:
    """The texts of the scored reviews, one at a time."""
    count = 0
    for review in reviews:
        if count == len(scored.imdb_ids) or scored.imdb_ids[count] != review.imdb_id:
            raise DataError("the reviews changed while they were read; run the command again")
        count += 1
        yield review.text
    if count != len(scored.imdb_ids):
        raise DataError("the reviews changed while they were read; run the command again")


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


def _is_erotica(owners: Indices, is_erotica: NDArray[np.bool_], counts: Indices) -> NDArray[np.bool_]:
    """Which films [f] half of the reviews speak of as erotica, and two at least."""
    calls = np.bincount(owners, is_erotica, minlength=len(counts))
    return np.asarray((calls >= 2) & (2 * calls >= counts))
