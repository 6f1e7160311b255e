"""Scores of reviews, and the chunks that they are made in."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from numpy.typing import NDArray

from ml.labels import FEELINGS
from ml.reviews.data import LABELS
from ml.reviews.predict import Classifier, fold_to_feelings
from ml.reviews.scoring import (
    LARGEST_CHUNK,
    Chunk,
    ScoredReviews,
    cut_into_chunks,
    pick_sentences,
    score_reviews,
)
from ml.reviews.settings import Settings
from ml.reviews.sources import Review
from ml.reviews.text import split_sentences
from tests.ml.reviews.conftest import make_reviews

SETTINGS = Settings(reviews_per_chunk=10)


@dataclass
class Recorder:
    """A classifier that remembers what it was asked and answers by the length of the sentence."""

    version: str = "recorder"
    batches: list[list[str]] = field(default_factory=list)

    def predict(self, sentences: Sequence[str]) -> NDArray[np.float64]:
        self.batches.append(list(sentences))
        joy = np.array([min(len(sentence), 100) / 100 for sentence in sentences])
        rows = np.zeros((len(sentences), len(LABELS)))
        rows[:, LABELS.index("joy")] = joy
        rows[:, LABELS.index("sadness")] = 1 - joy
        return rows


def cut(reviews: Sequence[Review], settings: Settings = SETTINGS, version: str = "v1") -> list[Chunk]:
    return list(cut_into_chunks(reviews, version, settings))


def test_cut_into_chunks_every_review_once_in_order() -> None:
    reviews = make_reviews(500)
    chunks = cut(reviews)
    assert [review for chunk in chunks for review in chunk.reviews] == reviews
    assert max(len(chunk.reviews) for chunk in chunks) <= LARGEST_CHUNK * SETTINGS.reviews_per_chunk
    assert 500 / len(chunks) == pytest.approx(SETTINGS.reviews_per_chunk, rel=0.5)


def test_cut_into_chunks_nothing() -> None:
    assert cut([]) == []


def test_cut_into_chunks_a_new_review_changes_one_chunk() -> None:
    reviews = make_reviews(500)
    before = {chunk.key for chunk in cut(reviews)}
    after = {chunk.key for chunk in cut([*reviews[:200], Review("tt0000001", 5, "A new one."), *reviews[200:]])}
    assert 1 <= len(after - before) <= 3
    assert len(before & after) >= len(before) - 3


def test_cut_into_chunks_keys_tell_what_scores_depend_on() -> None:
    reviews = make_reviews(50)
    plain = {chunk.key for chunk in cut(reviews)}
    assert plain == {chunk.key for chunk in cut(reviews)}
    assert plain.isdisjoint(chunk.key for chunk in cut(reviews, version="v2"))
    assert plain.isdisjoint(chunk.key for chunk in cut(reviews, replace(SETTINGS, most_sentences=3)))
    unrated = [replace(review, rating=None) for review in reviews]
    assert plain.isdisjoint(chunk.key for chunk in cut(unrated))


def test_score_reviews_sums_sentence_by_sentence(classifier: Classifier) -> None:
    texts = [
        "I was scared of the ghost. We laughed and had fun! Short one.",
        "",
        "They cried at the funeral. I was scared of the ghost.",
    ]
    scored = score_reviews([Review("tt1", None, text) for text in texts], classifier, Settings(sentences_per_batch=2))
    for row, text in enumerate(texts):
        sentences = split_sentences(text)
        expected = (
            fold_to_feelings(classifier.predict(sentences)).sum(axis=0) if sentences else np.zeros(len(FEELINGS))
        )
        np.testing.assert_allclose(scored.feelings[row], expected)
    assert scored.sentences.tolist() == [2, 0, 2]
    assert np.isnan(scored.ratings).all()


def test_score_reviews_a_repeated_sentence_is_scored_once_and_batches_go_by_length() -> None:
    recorder = Recorder()
    texts = ["One two three four five. One two three four!", "One two three four! One two three four! A b c d"]
    scored = score_reviews([Review("tt1", 5, text) for text in texts], recorder, Settings(sentences_per_batch=2))
    asked = [sentence for batch in recorder.batches for sentence in batch]
    assert max(Counter(asked).values()) == 1
    assert [len(sentence) for sentence in asked] == sorted(len(sentence) for sentence in asked)
    assert [len(batch) for batch in recorder.batches] == [2, 1]
    assert scored.sentences.tolist() == [2, 3]
    np.testing.assert_allclose(scored.feelings.sum(axis=1), [2, 3])


def test_score_reviews_flags_and_facts() -> None:
    reviews = [
        Review("tt1", 7, "This softcore film is a bore."),
        Review("tt22", None, "Then her brother commits suicide."),
        Review("tt1", 1, "Career suicide for all of them."),
    ]
    scored = score_reviews(reviews, Recorder(), Settings())
    assert scored.imdb_ids.tolist() == ["tt1", "tt22", "tt1"]
    np.testing.assert_array_equal(scored.ratings, [7, np.nan, 1])
    assert scored.is_erotica.tolist() == [True, False, False]
    assert scored.is_suicide.tolist() == [False, True, False]


@pytest.mark.parametrize(
    ("most", "expected"),
    [(None, "abcdefg"), (7, "abcdefg"), (4, "abfg"), (3, "abg"), (1, "a")],
)
def test_pick_sentences_from_both_ends(most: int | None, expected: str) -> None:
    assert "".join(pick_sentences(list("abcdefg"), most)) == expected


def test_score_reviews_most_sentences() -> None:
    text = ". ".join(f"This is sentence number {number}" for number in range(9))
    scored = score_reviews([Review("tt1", None, text)], Recorder(), Settings(most_sentences=4))
    assert scored.sentences.tolist() == [4]


def test_concatenate_keeps_the_order() -> None:
    parts = [score_reviews(make_reviews(count), Recorder(), SETTINGS) for count in (3, 2)]
    whole = ScoredReviews.concatenate(parts)
    assert whole.imdb_ids.tolist() == [*parts[0].imdb_ids.tolist(), *parts[1].imdb_ids.tolist()]
    np.testing.assert_array_equal(whole.feelings[3:], parts[1].feelings)
