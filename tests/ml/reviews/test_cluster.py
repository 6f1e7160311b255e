"""Scoring on a real Dask cluster: one scheduler and two workers, each a process of its own."""

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from ml.errors import ModelError
from ml.reviews import cluster, tag
from ml.reviews.cluster import DaskExecutor
from ml.reviews.executors import LocalExecutor, make_executor
from ml.reviews.predict import Classifier
from ml.reviews.scoring import Chunk, cut_into_chunks
from ml.reviews.settings import Settings
from tests.ml.reviews.conftest import World, make_reviews
from tests.ml.reviews.test_executors import assert_equal, score_all
from tests.ml.reviews.test_tag import SETTINGS as TAG_SETTINGS
from tests.ml.reviews.test_tag import arguments_of

ROOT = Path(__file__).resolve().parents[3]
SETTINGS = Settings(reviews_per_chunk=8)
SECONDS_TO_START = 240  # on a busy machine


def start(folder: Path, module: str, *arguments: str, path: str = str(ROOT)) -> "subprocess.Popen[bytes]":
    command = [sys.executable, "-m", f"distributed.cli.{module}", "--no-dashboard", *arguments]
    environment = {**os.environ, "PYTHONPATH": path}
    with (folder / f"{module}.log").open("ab") as log:
        return subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=log)


def stop(process: "subprocess.Popen[bytes]") -> None:
    process.kill()
    process.wait()


def start_worker(folder: Path, address: str, path: str = str(ROOT)) -> "subprocess.Popen[bytes]":
    options = ["--host", "127.0.0.1", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)]
    return start(folder, "dask_worker", f"tcp://{address}", *options, path=path)


@dataclass
class Cluster:
    """A scheduler at HOST:PORT and its workers, of which tests may end some."""

    folder: Path
    address: str
    workers: list["subprocess.Popen[bytes]"] = field(default_factory=list)

    def add_worker(self) -> None:
        self.workers.append(start_worker(self.folder, self.address))

    def connect_two(self) -> None:
        """Wait for two workers, new ones in the place of those that were ended."""
        self.workers = [worker for worker in self.workers if worker.poll() is None]
        while len(self.workers) < 2:
            self.add_worker()
        with cluster.Client(f"tcp://{self.address}", timeout=SECONDS_TO_START, set_as_default=False) as client:
            client.wait_for_workers(2, timeout=SECONDS_TO_START)


@pytest.fixture(scope="module")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without workers."""
    folder = tmp_path_factory.mktemp("scheduler")
    found = folder / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(found)]
    process = start(folder, "dask_scheduler", *options)
    try:
        deadline = time.monotonic() + SECONDS_TO_START
        while not found.exists() or not found.read_text(encoding="utf-8"):
            assert process.poll() is None, (folder / "dask_scheduler.log").read_text(encoding="utf-8")
            assert time.monotonic() < deadline
            time.sleep(0.05)
        yield Cluster(folder, json.loads(found.read_text(encoding="utf-8"))["address"].removeprefix("tcp://"))
    finally:
        stop(process)


@pytest.fixture(scope="module")
def started(scheduler: Cluster) -> Iterator[Cluster]:
    yield scheduler
    for worker in scheduler.workers:
        stop(worker)


@pytest.fixture
def two_workers(started: Cluster) -> Cluster:
    """The cluster with two workers, both connected."""
    started.connect_two()
    return started


@pytest.fixture
def chunks(classifier: Classifier) -> list[Chunk]:
    return list(cut_into_chunks(make_reviews(300), classifier.version, SETTINGS))


def test_cluster_no_scheduler_told(classifier_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_TO_CONNECT", 1)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"tcp://127.0.0.1:{free.getsockname()[1]}"
        with pytest.raises(ModelError, match="no Dask scheduler answers within 1 s"):
            score_all(DaskExecutor(address, classifier_folder, SETTINGS), [])


def test_cluster_no_worker_told(scheduler: Cluster, classifier_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "SECONDS_FOR_A_WORKER", 1)
    with pytest.raises(ModelError, match="the scheduler has no worker"):
        score_all(DaskExecutor(f"tcp://{scheduler.address}", classifier_folder, SETTINGS), [])


def test_cluster_worker_without_the_code_told(
    scheduler: Cluster, classifier_folder: Path, chunks: list[Chunk], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "SECONDS_FOR_A_WORKER", SECONDS_TO_START)
    worker = start_worker(scheduler.folder, scheduler.address, path=str(tmp_path))
    try:
        with pytest.raises(ModelError, match="start it where `ml` can be imported"):
            score_all(DaskExecutor(f"tcp://{scheduler.address}", classifier_folder, SETTINGS), chunks)
    finally:
        stop(worker)


def test_cluster_other_code_on_the_workers_refused(
    two_workers: Cluster, classifier_folder: Path, chunks: list[Chunk], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "code_digest", lambda: "another")
    with pytest.raises(ModelError, match="runs another version of ml"):
        score_all(DaskExecutor(f"tcp://{two_workers.address}", classifier_folder, SETTINGS), chunks)


def test_tag_on_a_cluster_same_bytes(
    two_workers: Cluster,
    world: World,
    classifier_folder: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(tag, "Settings", lambda: TAG_SETTINGS)
    local, remote = tmp_path / "local.csv.gz", tmp_path / "remote.csv.gz"
    assert tag.main(arguments_of(world, classifier_folder, local)) == 0
    executor = ["--executor", f"dask://{two_workers.address}"]
    assert tag.main(arguments_of(world, classifier_folder, remote, *executor)) == 0
    assert remote.read_bytes() == local.read_bytes()
    kept = {path.name for path in (tmp_path / "remote.csv.gz.work").iterdir()}
    assert kept == {path.name for path in (tmp_path / "local.csv.gz.work").iterdir()}


def test_cluster_lost_worker_same_scores(
    two_workers: Cluster, classifier: Classifier, classifier_folder: Path, chunks: list[Chunk]
) -> None:
    executor = make_executor(f"dask://{two_workers.address}", classifier_folder, classifier, SETTINGS)
    found = {}
    taken = 0

    def stream() -> Iterator[Chunk]:
        nonlocal taken
        for chunk in chunks:
            taken += 1
            yield chunk

    for chunk, scores in executor.score(stream()):
        assert taken - len(found) <= 2 * cluster.IN_FLIGHT + 1  # for two threads, and the chunk that is given now
        found[chunk.key] = scores
        if len(found) == 3:
            stop(two_workers.workers[0])
    assert two_workers.workers[1].poll() is None
    assert_equal(found, score_all(LocalExecutor(classifier, SETTINGS), chunks))


def test_cluster_all_workers_lost_and_another_joins(
    two_workers: Cluster, classifier: Classifier, classifier_folder: Path, chunks: list[Chunk]
) -> None:
    found = {}
    for chunk, scores in DaskExecutor(f"tcp://{two_workers.address}", classifier_folder, SETTINGS).score(chunks):
        found[chunk.key] = scores
        if len(found) == 3:
            for worker in two_workers.workers:
                stop(worker)
            two_workers.add_worker()
    assert_equal(found, score_all(LocalExecutor(classifier, SETTINGS), chunks))


def test_cluster_without_dask_told(
    classifier: Classifier, classifier_folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delitem(sys.modules, "ml.reviews.cluster")
    monkeypatch.delattr("ml.reviews.cluster", raising=False)
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ModelError, match=r"needs the package distributed: pip install -r requirements/train\.txt"):
        make_executor("dask://127.0.0.1:1", classifier_folder, classifier, SETTINGS)
