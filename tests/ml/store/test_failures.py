"""What a network, a service and a kill can do to a transfer: nothing half is ever seen, and the next call goes on."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ml.errors import ModelError
from ml.files import hash_file
from ml.manifest import MANIFEST
from ml.store import fetch as fetching
from ml.store import s3
from ml.store.fetch import fetch
from ml.store.listing import list_cache, list_store
from ml.store.location import open_store
from ml.store.publish import publish
from tests.ml.store.conftest import CREDENTIALS, VERSION, files_of, make_model
from tests.ml.store.s3_stub import Service, serve
from tests.services.process import free_port

STORE = "s3://models"
WEIGHTS = f"/models/tiny/{VERSION}/weights.npz"
SCRIPT = """
import sys
from pathlib import Path
from ml.store.fetch import fetch
print(fetch("tiny", sys.argv[1], sys.argv[2], cache=Path(sys.argv[3]), show_progress=False))
"""


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Service]:
    """The service with faults, which boto3 finds, and no patience."""
    monkeypatch.setattr(fetching, "RETRY_PAUSE_S", 0.001)
    monkeypatch.setitem(s3._CONFIG, "retries", {"mode": "standard", "total_max_attempts": 1})
    with serve() as running:
        monkeypatch.setenv("AWS_ENDPOINT_URL", running.url)
        yield running


@pytest.fixture
def published(service: Service, model: Path) -> Service:
    """The service with a model in it and an empty list of requests."""
    publish(model, STORE, name="tiny", show_progress=False)
    service.requests.clear()
    return service


def ignore(count: int) -> None:
    """Show no progress."""


def ranges(service: Service) -> list[str]:
    return [asked for _, path, asked in service.requests if path == WEIGHTS]


def wait_until(is_so: Callable[[], bool], seconds: float = 30) -> None:
    deadline = time.monotonic() + seconds
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def start_fetch(store: str, cache: Path) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", SCRIPT, VERSION, store, str(cache)]
    return subprocess.Popen(command, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def test_manifest_goes_last(service: Service, model: Path) -> None:
    publish(model, STORE, name="tiny", show_progress=False)
    assert [path.rpartition("/")[2] for method, path, _ in service.requests if method == "PUT"][-1] == MANIFEST


def test_cut_connection_is_taken_up_where_it_broke(published: Service, model: Path, cache: Path) -> None:
    published.cut_after, published.cuts = 70_000, 3
    folder = fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)
    assert published.cuts == 0
    first, *later = ranges(published)
    assert first == ""
    starts = [int(asked.removeprefix("bytes=").rstrip("-")) for asked in later]
    assert starts == sorted(starts)
    assert starts[0] > 0


def test_service_without_ranges_is_read_from_the_beginning(published: Service, model: Path, cache: Path) -> None:
    published.cut_after, published.cuts, published.knows_ranges = 100_000, 1, False
    folder = fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)


def test_connection_that_always_breaks_is_given_up_then_continued(
    published: Service, model: Path, cache: Path
) -> None:
    published.cut_after, published.cuts = 0, 1_000
    with pytest.raises(ModelError, match="Fetch again later"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    assert len(ranges(published)) == fetching.MAX_FRUITLESS_TRIES
    assert list_cache(cache, "tiny") == []
    published.cuts = 0
    assert files_of(fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)) == files_of(model)


def test_killed_fetch_leaves_no_version_and_is_continued(published: Service, model: Path, cache: Path) -> None:
    published.cut_after, published.stalled = 200_000, threading.Event()
    process = start_fetch(STORE, cache)
    assert published.stalled.wait(30)
    part = cache / "tiny" / f".partial-{VERSION}" / "weights.npz"
    wait_until(lambda: part.exists() and part.stat().st_size > 0)
    process.kill()
    process.communicate()
    assert list_cache(cache, "tiny") == []
    published.stalled = published.cut_after = None
    published.go_on.set()
    published.requests.clear()
    folder = fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)
    [asked] = ranges(published)
    assert 0 < int(asked.removeprefix("bytes=").rstrip("-")) <= 200_000


def test_two_processes_fetch_at_once_both_end_well_and_one_downloads(
    published: Service, model: Path, cache: Path
) -> None:
    published.cut_after, published.stalled = 100_000, threading.Event()
    processes = [start_fetch(STORE, cache) for _ in range(2)]
    assert published.stalled.wait(30)
    published.stalled = published.cut_after = None
    published.go_on.set()
    for process in processes:
        out, errors = process.communicate(timeout=60)
        assert process.returncode == 0, errors
        assert out.strip() == str(cache / "tiny" / VERSION)
    assert files_of(cache / "tiny" / VERSION) == files_of(model)
    assert ranges(published)[0] == ""
    assert "" not in ranges(published)[1:]  # nobody began a second time


@pytest.mark.parametrize("code", ["AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch"])
def test_not_allowed(service: Service, model: Path, cache: Path, code: str) -> None:
    service.refusal = (403, code)
    with pytest.raises(ModelError, match=rf"not allowed \({code}\)"):
        publish(model, STORE, name="tiny", show_progress=False)
    with pytest.raises(ModelError, match=rf"not allowed \({code}\)"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    with pytest.raises(ModelError, match=rf"not allowed \({code}\)"):
        list_store(STORE, "tiny")


def test_allowed_to_read_but_not_to_write(service: Service, model: Path) -> None:
    store, source = open_store(STORE), model / "metrics.json"
    assert store.read("tiny/1/metrics.json") is None
    service.refusal = (403, "AccessDenied")
    with pytest.raises(ModelError, match="not allowed"):
        store.create("tiny/1/metrics.json", source, sha256=hash_file(source), report=ignore)


def test_service_in_trouble(service: Service, model: Path, cache: Path) -> None:
    service.refusal = (503, "SlowDown")
    with pytest.raises(ModelError, match="SlowDown"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)


def test_service_without_conditions_still_refuses_other_content(service: Service, model: Path, cache: Path) -> None:
    service.knows_conditions = False
    assert publish(model, STORE, name="tiny", show_progress=False).is_new
    assert files_of(fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)) == files_of(model)
    store = open_store(STORE)
    source = model / "metrics.json"
    sha256 = hash_file(model / "metrics.json")
    assert not store.create(f"tiny/{VERSION}/weights.npz", source, sha256=sha256, report=ignore)
    assert service.objects[WEIGHTS] == (model / "weights.npz").read_bytes()


def test_service_that_is_not_there(
    service: Service, model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://127.0.0.1:{free_port()}")
    with pytest.raises(ModelError, match="cannot be reached, check AWS_ENDPOINT_URL"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    with pytest.raises(ModelError, match="cannot be reached"):
        publish(model, STORE, name="tiny", show_progress=False)


def test_service_that_says_nothing(published: Service, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(s3._CONFIG, "read_timeout", 0.2)
    monkeypatch.setattr(fetching, "MAX_FRUITLESS_TRIES", 1)
    published.cut_after, published.stalled = 0, threading.Event()
    with pytest.raises(ModelError, match="Fetch again later"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)
    assert list_cache(cache, "tiny") == []


def test_no_credentials(service: Service, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in CREDENTIALS:
        monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with pytest.raises(ModelError, match="Set AWS_ACCESS_KEY_ID"):
        fetch("tiny", VERSION, STORE, cache=cache, show_progress=False)


def test_missing_bucket(s3: str, model: Path, cache: Path) -> None:
    nowhere = "s3://no-such-bucket-anywhere/models"
    for attempt in (
        lambda: publish(model, nowhere, name="tiny", show_progress=False),
        lambda: fetch("tiny", VERSION, nowhere, cache=cache, show_progress=False),
        lambda: list_store(nowhere, "tiny"),
    ):
        with pytest.raises(ModelError, match="the bucket does not exist"):
            attempt()


def test_missing_folder_is_not_made(tmp_path: Path, model: Path, cache: Path) -> None:
    nowhere = str(tmp_path / "not-mounted")
    for attempt in (
        lambda: publish(model, nowhere, name="tiny", show_progress=False),
        lambda: fetch("tiny", VERSION, nowhere, cache=cache, show_progress=False),
        lambda: list_store(nowhere, "tiny"),
    ):
        with pytest.raises(ModelError, match="not-mounted is no folder"):
            attempt()
    assert not Path(nowhere).exists()


@pytest.mark.parametrize("location", ["", " ", "gs://bucket", "https://host/path", "s3://", "s3://UPPER/x", "s3:///x"])
def test_location_that_is_none(location: str) -> None:
    with pytest.raises(ModelError, match="model store"):
        open_store(location)


@pytest.mark.parametrize("action", ["publish", "fetch"])
def test_large_file_is_never_whole_in_memory(service: Service, tmp_path: Path, cache: Path, action: str) -> None:
    size = 64 * 1024**2
    large = make_model(tmp_path / "large", weights=bytes(size))
    if action == "fetch":
        publish(large, STORE, name="tiny", show_progress=False)
    script = f"""
from pathlib import Path
from ml.store.fetch import fetch
from ml.store.publish import publish

def peak():
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.partition("VmHWM:")[2].split()[0])

import boto3
before = peak()
if {action == "publish"}:
    publish(Path({str(large)!r}), {STORE!r}, name="tiny", show_progress=False)
else:
    fetch("tiny", {VERSION!r}, {STORE!r}, cache=Path({str(cache)!r}), show_progress=False)
print(peak() - before)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert int(result.stdout) < size / 2
