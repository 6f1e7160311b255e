"""Publish and fetch, on a folder and on a real S3-compatible server alike."""

import errno
import hashlib
import json
from collections import namedtuple
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ml.artifacts import EMOTION_MODEL
from ml.errors import ModelError
from ml.manifest import MANIFEST
from ml.store import fetch as fetching
from ml.store.fetch import fetch
from ml.store.listing import list_cache, list_store
from ml.store.location import open_store
from ml.store.publish import publish
from tests.ml.store.conftest import VERSION, files_of, make_model

Write = Callable[[str, bytes], None]
KINDS = ["emotion", "reviews", "music"]


@pytest.mark.parametrize("name", KINDS)
def test_shipped_model_comes_back_byte_for_byte(store: str, cache: Path, name: str) -> None:
    shipped = EMOTION_MODEL.parent / name
    published = publish(shipped, store, name=name, show_progress=False)
    folder = fetch(name, published.version, store, cache=cache, show_progress=False)
    listed = json.loads((shipped / MANIFEST).read_text())["files"]
    assert published.is_new
    assert folder == cache / name / published.version
    assert files_of(folder) == {file: (shipped / file).read_bytes() for file in [*listed, MANIFEST]}
    assert [path.name for path in folder.parent.iterdir()] == [published.version]


def test_publish_shows_its_progress(store: str, model: Path, capfd: pytest.CaptureFixture[str]) -> None:
    publish(model, store, name="tiny")
    shown = capfd.readouterr().err
    assert "weights.npz: 100%" in shown
    assert "manifest.json: 100%" in shown


def test_publish_again_is_said_and_changes_nothing(store: str, model: Path) -> None:
    publish(model, store, name="tiny", show_progress=False)
    again = publish(model, store, name="tiny", show_progress=False)
    assert not again.is_new
    assert again.version == VERSION


def test_publish_other_content_under_the_same_version_is_refused(
    store: str, model: Path, cache: Path, tmp_path: Path
) -> None:
    publish(model, store, name="tiny", show_progress=False)
    other = make_model(tmp_path / "other", weights=b"other")
    with pytest.raises(ModelError, match="published with other content"):
        publish(other, store, name="tiny", show_progress=False)
    folder = fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)


def test_publish_goes_on_where_it_was_interrupted(store: str, model: Path, cache: Path, write: Write) -> None:
    write(f"tiny/{VERSION}/weights.npz", (model / "weights.npz").read_bytes())
    assert list_store(store, "tiny") == []  # without its manifest nobody sees it
    with pytest.raises(ModelError, match="not published"):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert publish(model, store, name="tiny", show_progress=False).is_new
    assert files_of(fetch("tiny", VERSION, store, cache=cache, show_progress=False)) == files_of(model)


def test_publish_over_the_rest_of_another_publication_is_refused(store: str, model: Path, write: Write) -> None:
    write(f"tiny/{VERSION}/weights.npz", b"of another model")
    with pytest.raises(ModelError, match="did not end"):
        publish(model, store, name="tiny", show_progress=False)
    assert open_store(store).read(f"tiny/{VERSION}/{MANIFEST}") is None


def test_two_publishers_of_different_content_one_wins_whole(store: str, cache: Path, tmp_path: Path) -> None:
    models = [make_model(tmp_path / str(n), weights=bytes([n]) * 500_000) for n in range(4)]

    def try_publish(folder: Path) -> bool:
        try:
            return publish(folder, store, name="tiny", show_progress=False).is_new
        except ModelError:
            return False

    with ThreadPoolExecutor(4) as threads:
        wins = list(threads.map(try_publish, models))
    assert wins.count(True) == 1
    folder = fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(models[wins.index(True)])


def test_publish_a_damaged_folder_is_refused(store: str, model: Path) -> None:
    (model / "weights.npz").write_bytes(b"edited")
    with pytest.raises(ModelError, match="SHA-256"):
        publish(model, store, name="tiny", show_progress=False)
    assert open_store(store).list_files("tiny") == {}


def test_create_of_a_file_that_changed_since_it_was_checked_is_refused(store: str, model: Path) -> None:
    sha256 = hashlib.sha256(b"what it was").hexdigest()
    with pytest.raises(ModelError, match="changed while it was published"):
        open_store(store).create("tiny/1/weights.npz", model / "weights.npz", sha256=sha256, report=lambda n: None)
    assert open_store(store).list_files("tiny") == {}


@pytest.mark.parametrize("version", ["tiny-2", "tiny-1/..", "missing"])
def test_fetch_a_missing_version(store: str, model: Path, cache: Path, version: str) -> None:
    publish(model, store, name="tiny", show_progress=False)
    with pytest.raises(ModelError, match=r"is no version|is not published"):
        fetch("tiny", version, store, cache=cache, show_progress=False)
    assert files_of(cache) == {}


def test_fetch_a_file_with_a_wrong_hash(store: str, model: Path, cache: Path, write: Write) -> None:
    publish(model, store, name="tiny", show_progress=False)
    write(f"tiny/{VERSION}/weights.npz", b"v" * 300_000)
    with pytest.raises(ModelError, match=r"weights.npz: its SHA-256 differs"):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert list_cache(cache, "tiny") == []
    assert "weights.npz" not in {Path(name).name for name in files_of(cache)}


def test_fetch_a_version_whose_file_is_gone(store: str, model: Path, cache: Path, write: Write) -> None:
    manifest = json.loads((model / MANIFEST).read_text())
    write(f"tiny/{VERSION}/{MANIFEST}", json.dumps(manifest).encode())
    with pytest.raises(ModelError, match=r"does not exist"):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert list_cache(cache, "tiny") == []


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"files": {"../../escaped": "0" * 64}}, "file name"),
        ({"files": {"/tmp/escaped": "0" * 64}}, "file name"),  # noqa: S108 - a name to be refused
        ({"files": {".hidden": "0" * 64}}, "file name"),
        ({"files": {"manifest.json": "0" * 64}}, "itself"),
        ({"files": {"a": "not a hash"}}, "SHA-256"),
        ({"files": {"a": None}}, "SHA-256"),
        ({"files": []}, "lists no files"),
        ({"version": "other"}, "'other'"),
        ({"version": "../up"}, "is no version"),
        ({"version": 7}, "names no version"),
        ({"format": 99}, "format 1"),
    ],
)
def test_fetch_a_hostile_manifest(
    store: str, model: Path, cache: Path, write: Write, changes: dict[str, object], reason: str
) -> None:
    manifest = json.loads((model / MANIFEST).read_text()) | changes
    write(f"tiny/{VERSION}/{MANIFEST}", json.dumps(manifest).encode())
    with pytest.raises(ModelError, match=reason):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(cache) == {}


@pytest.mark.parametrize("content", [b"", b"\xff\xfe", b"[1]", b"not json", b" " * 5_000_000])
def test_fetch_a_manifest_that_is_none(store: str, cache: Path, write: Write, content: bytes) -> None:
    write(f"tiny/{VERSION}/{MANIFEST}", content)
    with pytest.raises(ModelError, match=MANIFEST):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)


def test_fetch_what_is_cached_needs_no_store(store: str, model: Path, cache: Path) -> None:
    publish(model, store, name="tiny", show_progress=False)
    folder = fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert fetch("tiny", VERSION, "s3://not-even-asked", cache=cache, show_progress=False) == folder


def test_fetch_mends_what_is_damaged_in_the_cache(store: str, model: Path, cache: Path) -> None:
    publish(model, store, name="tiny", show_progress=False)
    folder = fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    (folder / "weights.npz").write_bytes(b"rotten")
    fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)
    assert [path.name for path in folder.parent.iterdir()] == [VERSION]


@pytest.mark.parametrize("part", [b"", b"beginning", b"nonsense that is longer" * 20_000])
def test_fetch_continues_or_discards_a_part(store: str, model: Path, cache: Path, part: bytes) -> None:
    publish(model, store, name="tiny", show_progress=False)
    partial = cache / "tiny" / f".partial-{VERSION}"
    partial.mkdir(parents=True)
    (partial / "weights.npz").write_bytes(part if part != b"beginning" else (model / "weights.npz").read_bytes()[:99])
    folder = fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(folder) == files_of(model)


def test_fetch_on_a_disk_without_room(store: str, model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    publish(model, store, name="tiny", show_progress=False)
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(fetching.shutil, "disk_usage", lambda path: usage(100_000))
    with pytest.raises(ModelError, match="the disk is full"):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)


def test_fetch_onto_a_disk_that_fills_up_leaves_it_as_it_was(
    store: str, model: Path, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_space(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    publish(model, store, name="tiny", show_progress=False)
    monkeypatch.setattr(fetching.os, "fsync", no_space)
    with pytest.raises(ModelError, match="the disk is full"):
        fetch("tiny", VERSION, store, cache=cache, show_progress=False)
    assert files_of(cache) == {}


def test_list_store_and_cache(store: str, model: Path, cache: Path, tmp_path: Path) -> None:
    assert list_store(store, "tiny") == []
    assert list_cache(cache, "tiny") == []
    publish(model, store, name="tiny", show_progress=False)
    publish(make_model(tmp_path / "two", version="tiny-2"), store, name="tiny", show_progress=False)
    fetch("tiny", "tiny-2", store, cache=cache, show_progress=False)
    one, two = list_store(store, "tiny")
    assert (one.version, two.version) == (VERSION, "tiny-2")
    assert one.size == sum(len(content) for content in files_of(model).values())
    assert one.accuracy == 0.75
    assert list_cache(cache, "tiny") == [two]
