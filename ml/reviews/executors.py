"""Where chunks are scored: in this process, in several processes of this machine, or on a Dask cluster.

An executor takes chunks from a stream as it needs them, with a bounded number in flight, and gives scores as they get
ready. It decides nothing about them: the same function scores the same chunk everywhere.
"""

import multiprocessing
import signal
from collections.abc import Generator, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from ml.errors import DataError, ModelError
from ml.reviews.predict import Classifier, load_classifier
from ml.reviews.scoring import Chunk, ScoredReviews, score_reviews
from ml.reviews.settings import Settings

# Chunks handed out for each process or thread that scores: one that is scored, and one that waits for its turn.
IN_FLIGHT = 2

Scored = Generator[tuple[Chunk, ScoredReviews], None, None]


class Executor(Protocol):
    """Scores chunks."""

    def score(self, chunks: Iterable[Chunk]) -> Scored:
        """Give each chunk with its scores, in any order. Raises ModelError when the executor is lost."""
        ...


@dataclass(frozen=True, slots=True)
class LocalExecutor:
    """Scores one chunk after the other in this process."""

    classifier: Classifier
    settings: Settings

    def score(self, chunks: Iterable[Chunk]) -> Scored:
        for chunk in chunks:
            yield chunk, score_reviews(chunk.reviews, self.classifier, self.settings)


@dataclass(frozen=True, slots=True)
class ProcessExecutor:
    """Scores in several processes of this machine; each loads the classifier once."""

    folder: Path
    settings: Settings
    processes: int

    def score(self, chunks: Iterable[Chunk]) -> Scored:
        # Forked children would share the locks of the parent's threads: start them anew.
        pool = ProcessPoolExecutor(
            self.processes,
            mp_context=multiprocessing.get_context("spawn"),
            initializer=_load_in_process,
            initargs=(self.folder, self.settings),
        )
        try:
            yield from self._score(pool, iter(chunks))
        except BrokenProcessPool:
            raise ModelError(
                "a scoring process ended unexpectedly, perhaps for want of memory; run the command again to go on, "
                "with fewer --processes"
            ) from None
        finally:
            pool.shutdown(cancel_futures=True)

    def _score(self, pool: ProcessPoolExecutor, chunks: Iterator[Chunk]) -> Scored:
        pending: dict[Future[ScoredReviews], Chunk] = {}
        while True:
            for chunk in islice(chunks, IN_FLIGHT * self.processes - len(pending)):
                pending[pool.submit(_score_in_process, chunk)] = chunk
            if not pending:
                return
            done, _ = wait(pending, return_when=FIRST_COMPLETED)
            for future in done:
                yield pending.pop(future), future.result()


def make_executor(
    name: str, folder: Path, classifier: Classifier, settings: Settings, *, processes: int = 1
) -> Executor:
    """The executor that a name asks for: `local`, or `dask://HOST:PORT` for a Dask scheduler.

    Raises DataError for another name, ModelError when the scheduler cannot be used.
    """
    if name == "local":
        if processes == 1:
            return LocalExecutor(classifier, settings)
        return ProcessExecutor(folder, settings, processes)
    scheme, separator, address = name.partition("://")
    if scheme != "dask" or not separator or not address:
        raise DataError(f"--executor {name}: neither 'local' nor 'dask://HOST:PORT'")
    try:
        from ml.reviews.cluster import DaskExecutor  # Dask is needed on this path only
    except ModuleNotFoundError as error:
        raise ModelError(
            f"--executor {name} needs the package {error.name}: pip install -r requirements/train.txt"
        ) from None
    return DaskExecutor(f"tcp://{address}", folder, settings)


# What a process of the pool was started for; the processes are ours and live for one run.
_loaded: dict[str, tuple[Classifier, Settings]] = {}


def _load_in_process(folder: Path, settings: Settings) -> None:
    # Ctrl+C goes to every process of the terminal; the parent decides what becomes of it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _loaded["run"] = (load_classifier(folder), settings)


def _score_in_process(chunk: Chunk) -> ScoredReviews:
    classifier, settings = _loaded["run"]
    return score_reviews(chunk.reviews, classifier, settings)
