"""Scoring on a Dask cluster. Nothing is shared but the code: the workers need no disk that this machine can see.

The model's files are sent to the scheduler once, in a plugin; it passes them on to every worker that joins, also to
one that replaces a lost worker, and each worker process loads the classifier once. A lost worker's chunks go to
another.
"""

import shutil
import tempfile
import uuid
from asyncio import CancelledError
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from pathlib import Path
from typing import Any

from distributed import Client, Future, KilledWorker, Worker, WorkerPlugin, as_completed, get_worker
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from ml.errors import DataError, ModelError
from ml.reviews.executors import IN_FLIGHT, Scored
from ml.reviews.predict import Classifier, load_classifier
from ml.reviews.scoring import Chunk, ScoredReviews, code_digest, score_reviews
from ml.reviews.settings import Settings
from ml.reviews.sources import Review

SECONDS_TO_CONNECT = 10
SECONDS_FOR_A_WORKER = 10


class ModelPlugin(WorkerPlugin):
    """Carries a model's files to a worker process and loads the classifier there."""

    classifier: Classifier

    def __init__(self, files: dict[str, bytes], code: str) -> None:
        self._files = files
        self._code = code

    def setup(self, worker: Worker) -> None:
        """Write the files to a temporary folder and load. Raises ModelError when the worker's code is another."""
        if code_digest() != self._code:
            raise ModelError(f"the worker {worker.address} runs another version of ml.reviews; start it from this one")
        folder = Path(tempfile.mkdtemp(prefix="reviews-model-"))
        try:
            for name, content in self._files.items():
                (folder / name).write_bytes(content)
            self.classifier = load_classifier(folder)
        finally:
            shutil.rmtree(folder)


@dataclass(frozen=True, slots=True)
class DaskExecutor:
    """Scores on the cluster of the scheduler at `address` with the model in `folder`."""

    address: str
    folder: Path
    settings: Settings

    def score(self, chunks: Iterable[Chunk]) -> Scored:
        """As `Executor.score`. Raises ModelError when there is no scheduler, no worker, or no end without them."""
        client = self._connect()
        # A name of its own: two runs may share a cluster, and the one that ends first takes its own model away.
        plugin = f"reviews-model-{uuid.uuid4().hex}"
        try:
            self._send_model(client, plugin)
            try:
                yield from self._score(client, iter(chunks), plugin)
            finally:
                if client.status == "running":
                    client.unregister_worker_plugin(plugin)
        except KilledWorker as error:
            raise ModelError(f"{self.address}: several workers died of the same chunk ({error})") from None
        except (CancelledError, FutureCancelledError, CommClosedError, OSError):
            raise ModelError(f"{self.address}: lost the scheduler; run the command again to go on") from None
        finally:
            client.close()

    def _connect(self) -> Client:
        try:
            client = Client(self.address, timeout=SECONDS_TO_CONNECT, set_as_default=False)
        except (OSError, ValueError) as error:  # TimeoutError is an OSError
            raise ModelError(
                f"{self.address}: no Dask scheduler answers within {SECONDS_TO_CONNECT} s ({error})"
            ) from None
        try:
            client.wait_for_workers(1, timeout=SECONDS_FOR_A_WORKER)
        except TimeoutError:
            client.close()
            raise ModelError(f"{self.address}: the scheduler has no worker: dask worker {self.address}") from None
        return client

    def _send_model(self, client: Client, plugin: str) -> None:
        files = {path.name: path.read_bytes() for path in sorted(self.folder.iterdir()) if path.is_file()}
        # A lambda is sent as code, whereas the plugin is sent as a name that the worker must be able to import.
        found = client.run(lambda: find_spec("ml") is not None)
        if missing := [address for address, has_code in found.items() if not has_code]:
            raise ModelError(
                f"{', '.join(missing)}: the worker has no package ml; start it where `ml` can be imported"
            )
        client.register_plugin(ModelPlugin(files, code_digest()), name=plugin)

    def _score(self, client: Client, chunks: Iterator[Chunk], plugin: str) -> Scored:
        pending: dict[Any, Chunk] = {}

        def submit_more() -> list[Future[Any]]:
            # Asked each time: workers may join and leave.
            room = IN_FLIGHT * max(sum(client.nthreads().values()), 1) - len(pending)
            futures = []
            for chunk in islice(chunks, max(room, 0)):
                future = client.submit(score_on_worker, chunk.reviews, self.settings, plugin, pure=False)
                pending[future.key] = chunk
                futures.append(future)
            return futures

        completed = as_completed(submit_more(), loop=client.loop)
        for future in completed:
            scores = future.result()
            chunk = pending.pop(future.key)
            future.release()
            completed.update(submit_more())
            yield chunk, scores


def score_on_worker(reviews: Sequence[Review], settings: Settings, plugin: str) -> ScoredReviews:
    """Score reviews with the classifier that a plugin brought to this worker."""
    carried = get_worker().plugins[plugin]
    if not isinstance(carried, ModelPlugin):
        raise DataError(f"the worker's plugin {plugin} carries no model")
    return score_reviews(reviews, carried.classifier, settings)
