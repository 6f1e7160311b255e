"""Scoring on this machine: in this process and in several."""

import os
import signal
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import pytest

from ml.errors import ModelError
from ml.reviews import executors
from ml.reviews.executors import IN_FLIGHT, Executor, ProcessExecutor, make_executor
from ml.reviews.predict import Classifier
from ml.reviews.scoring import Chunk, ScoredReviews, cut_into_chunks
from ml.reviews.settings import Settings
from tests.ml.reviews.conftest import make_reviews

SETTINGS = Settings(reviews_per_chunk=8)


def score_all(executor: Executor, chunks: Iterable[Chunk]) -> dict[str, ScoredReviews]:
    return {chunk.key: scores for chunk, scores in executor.score(chunks)}


def assert_equal(found: dict[str, ScoredReviews], expected: dict[str, ScoredReviews]) -> None:
    """Equal to the last bit."""
    assert found.keys() == expected.keys()
    for key, scores in expected.items():
        for name, array in scores.arrays().items():
            np.testing.assert_array_equal(found[key].arrays()[name], array, strict=True)


@pytest.fixture
def chunks(classifier: Classifier) -> list[Chunk]:
    return list(cut_into_chunks(make_reviews(150), classifier.version, SETTINGS))


def test_processes_score_as_one_does_with_a_bounded_number_of_chunks_taken(
    classifier: Classifier, classifier_folder: Path, chunks: list[Chunk]
) -> None:
    one = score_all(make_executor("local", classifier_folder, classifier, SETTINGS), chunks)
    taken = 0

    def stream() -> Iterator[Chunk]:
        nonlocal taken
        for chunk in chunks:
            taken += 1
            yield chunk

    two: dict[str, ScoredReviews] = {}
    for chunk, scores in make_executor("local", classifier_folder, classifier, SETTINGS, processes=2).score(stream()):
        assert taken - len(two) <= 2 * IN_FLIGHT
        two[chunk.key] = scores
    assert len(one) == len(chunks) > 2 * IN_FLIGHT
    assert_equal(two, one)


def end_this_process(chunk: Chunk) -> ScoredReviews:
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError


def test_processes_one_that_dies_is_told(
    classifier_folder: Path, chunks: list[Chunk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(executors, "_score_in_process", end_this_process)
    with pytest.raises(ModelError, match="a scoring process ended unexpectedly"):
        score_all(ProcessExecutor(classifier_folder, SETTINGS, processes=1), chunks)
