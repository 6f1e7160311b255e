"""A real S3-compatible server, a folder that does the same, and a small model to put into both."""

import json
import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from moto.server import ThreadedMotoServer

from ml.manifest import write_manifest

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "tests", "AWS_SECRET_ACCESS_KEY": "tests", "AWS_DEFAULT_REGION": "us-east-1"}
# What the machine's own environment could say otherwise.
FOREIGN = ("AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_S3", "HTTP_PROXY", "http_proxy")
VERSION = "tiny-1"


def make_model(folder: Path, *, version: str = VERSION, weights: bytes = b"w" * 300_000, key: str = "version") -> Path:
    """A folder with a manifest, as training writes it; the store does not care what the weights are."""
    folder.mkdir(parents=True)
    (folder / "weights.npz").write_bytes(weights)
    (folder / "metrics.json").write_text(json.dumps({"test": {"accuracy": 0.75}}), encoding="utf-8")
    write_manifest(folder, files=["weights.npz", "metrics.json"], facts={key: version})
    return folder


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


@pytest.fixture(autouse=True)
def _credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    """The credentials of the tests, and no others."""
    for name in FOREIGN:
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, os.devnull)
    for name, value in CREDENTIALS.items():
        monkeypatch.setenv(name, value)


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return make_model(tmp_path / "model", weights=os.urandom(300_000))


@pytest.fixture
def cache(tmp_path: Path) -> Path:
    return tmp_path / "cache"


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The URL of the server."""
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """A new bucket of the server that boto3 now finds; returns s3://BUCKET/PREFIX."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", s3_server)
    bucket = f"models-{uuid.uuid4().hex}"
    boto3.client("s3").create_bucket(Bucket=bucket)
    return f"s3://{bucket}/of/the/site"


@pytest.fixture(params=["folder", "s3"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The location of an empty store, of each kind in turn."""
    if request.param == "s3":
        return str(request.getfixturevalue("s3"))
    (tmp_path / "store").mkdir()
    return str(tmp_path / "store")


@pytest.fixture
def write(store: str) -> Callable[[str, bytes], None]:
    """Write into the store behind the back of its own code: `write(key, content)`."""

    def write_file(key: str, content: bytes) -> None:
        path = Path(store, key)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    def write_object(key: str, content: bytes) -> None:
        bucket, _, prefix = store.removeprefix("s3://").partition("/")
        boto3.client("s3").put_object(Bucket=bucket, Key=f"{prefix}/{key}", Body=content)

    return write_object if store.startswith("s3://") else write_file
