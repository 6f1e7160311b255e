"""What the catalogue file depends on besides the data and the classifier."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """Settings of scoring, and of the lifts made from the scores.

    `word_penalty` and the labels of `ml.reviews.data` were chosen by looking at the agreement with genres that
    `ml.reviews.evaluate` prints: a figure of development, not of a test.
    """

    # At most this many sentences of a review are scored, all of them where None; see `scoring.pick_sentences`.
    most_sentences: int | None = None
    sentences_per_batch: int = 128
    # Reviews in a chunk on average: what an interrupted run loses at most, for each process.
    reviews_per_chunk: int = 1_000
    fewest_reviews_per_word: int = 30
    largest_share_per_word: float = 0.3
    rating_penalty: float = 10.0
    word_penalty: float = 300.0
    # A plot tells what happens and not how it felt: it counts as half a review, so its lifts are drawn to 1 more.
    plot_weight: float = 0.5
    # Films that reviewers rate below this (1-10, shrunk for few reviews) are no comfort to anyone and are left out;
    # those just above it stay, with a weight that keeps them at the end (`rank.movie_weight`).
    lowest_rating: float = 2.75
