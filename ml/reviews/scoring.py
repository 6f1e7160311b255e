"""Reviews → summed feelings, chunk by chunk. A chunk's scores depend on its reviews alone, wherever it is scored."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from pathlib import Path
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from ml.encoder import served, windows
from ml.files import hash_file
from ml.labels import FEELINGS
from ml.reviews import linear, predict, task, text, theme
from ml.reviews.predict import Classifier, fold_to_feelings
from ml.reviews.settings import Settings
from ml.reviews.sources import Review
from ml.reviews.text import speaks_of_erotica, split_sentences
from ml.reviews.theme import speaks_of_suicide

# Not those of `profile`: a worker that scores needs no scikit-learn for regressions.
Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

# A chunk is closed at this many times the usual number of reviews, wherever the next boundary lies.
LARGEST_CHUNK = 4


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some reviews in the order that they were read.

    Their scores are known by `key`, a hash of the reviews, the classifier's version, the settings and the code.
    """

    key: str
    reviews: tuple[Review, ...]


@dataclass(frozen=True, slots=True)
class ScoredReviews:
    """r reviews in the order that they were read."""

    imdb_ids: NDArray[np.str_]  # [r], of the film
    ratings: Floats  # [r], 1-10, NaN where unknown
    feelings: Floats  # [r, 5], the probability of each feeling summed over the sentences
    sentences: Indices  # [r], how many were scored
    is_erotica: Flags  # [r], whether the review speaks of it
    is_suicide: Flags  # [r], whether the review speaks of suicide in earnest

    @classmethod
    def concatenate(cls, parts: Sequence[Self]) -> Self:
        """The reviews of all parts, one part after the other. At least one part is needed."""
        return cls(*(np.concatenate([getattr(part, field.name) for part in parts]) for field in fields(cls)))

    def arrays(self) -> dict[str, NDArray[Any]]:
        """The arrays by name."""
        return {field.name: getattr(self, field.name) for field in fields(self)}


def cut_into_chunks(reviews: Iterable[Review], version: str, settings: Settings) -> Iterator[Chunk]:
    """Cut a stream into chunks of `reviews_per_chunk` on average, none larger than LARGEST_CHUNK times that.

    A chunk ends where a review's own hash says so (content-defined chunking: Muthitacharoen et al. 2001), so a review
    that is added or taken away changes the chunk around it and none of the later ones. `version` is the classifier's.
    """
    base = repr((version, settings.most_sentences, settings.sentences_per_batch, code_digest())).encode()
    largest = LARGEST_CHUNK * settings.reviews_per_chunk
    kept: list[Review] = []
    key = hashlib.sha256(base)
    for review in reviews:
        content = repr((review.imdb_id, review.rating, review.text)).encode("utf-8", "surrogatepass")
        digest = hashlib.sha256(content).digest()
        kept.append(review)
        key.update(digest)
        if int.from_bytes(digest[:8]) % settings.reviews_per_chunk == 0 or len(kept) == largest:
            yield Chunk(key.hexdigest()[:32], tuple(kept))
            kept, key = [], hashlib.sha256(base)
    if kept:
        yield Chunk(key.hexdigest()[:32], tuple(kept))


@cache
def code_digest() -> str:
    """Hash of the modules that decide a chunk's scores: no result of older code is ever taken for one of this."""
    hashes = [
        hash_file(Path(str(module.__file__))) for module in (predict, linear, task, served, windows, text, theme)
    ]
    return hashlib.sha256("".join([*hashes, hash_file(Path(__file__))]).encode()).hexdigest()


def score_reviews(reviews: Sequence[Review], classifier: Classifier, settings: Settings) -> ScoredReviews:
    """Sum the probability of each feeling over the sentences of each of r reviews.

    A sentence that occurs more than once is scored once. Sentences go to the classifier sorted by length, since the
    padding of a batch costs time, and their order decides the batches: a quantised model's answer depends on them.
    """
    picked = [pick_sentences(split_sentences(review.text), settings.most_sentences) for review in reviews]
    unique = sorted({sentence for sentences in picked for sentence in sentences}, key=lambda s: (len(s), s))
    place = {sentence: index for index, sentence in enumerate(unique)}
    feelings = np.zeros((len(unique), len(FEELINGS)))
    for start in range(0, len(unique), settings.sentences_per_batch):
        batch = unique[start : start + settings.sentences_per_batch]
        feelings[start : start + len(batch)] = fold_to_feelings(classifier.predict(batch))

    counts = np.array([len(sentences) for sentences in picked], dtype=np.intp)
    places = np.array([place[sentence] for sentences in picked for sentence in sentences], dtype=np.intp)
    sums = np.zeros((len(reviews), len(FEELINGS)))
    np.add.at(sums, np.repeat(np.arange(len(reviews)), counts), feelings[places])
    return ScoredReviews(
        imdb_ids=np.array([review.imdb_id for review in reviews], dtype=np.str_),
        ratings=np.array([np.nan if review.rating is None else review.rating for review in reviews]),
        feelings=sums,
        sentences=counts,
        is_erotica=np.array([speaks_of_erotica(review.text) for review in reviews], dtype=np.bool_),
        is_suicide=np.array([speaks_of_suicide(review.text) for review in reviews], dtype=np.bool_),
    )


def pick_sentences(sentences: Sequence[str], most: int | None) -> Sequence[str]:
    """At most `most` sentences, half from the beginning and half from the end, the odd one from the beginning.

    Reviewers say what they felt first and last; the middle retells the plot. None keeps all.
    """
    if most is None or len(sentences) <= most:
        return sentences
    last = most // 2
    return [*sentences[: most - last], *sentences[len(sentences) - last :]]
