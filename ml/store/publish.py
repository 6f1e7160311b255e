"""A model folder → a version in a store, once and for all."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from ml.errors import ModelError
from ml.manifest import MANIFEST
from ml.store.base import Store
from ml.store.contents import Contents, read_folder
from ml.store.location import open_store
from ml.store.progress import transfer_bar


@dataclass(frozen=True, slots=True)
class Publication:
    """What came of `publish`; `is_new` is False when the store had the very same version already."""

    version: str
    location: str
    is_new: bool


def publish(folder: Path, destination: str, *, name: str, show_progress: bool = True) -> Publication:
    """Upload a model folder to `destination` as `<name>/<version>/`; the manifest says the version.

    The manifest goes last: until it is there nobody sees the version. What an interrupted call has uploaded is kept.
    Raises ModelError when the folder is damaged, the store can't be written, or has this version with other content.
    """
    contents = read_folder(folder, name=name)
    store = open_store(destination)
    prefix = f"{name}/{contents.version}"
    place = store.locate(prefix)
    published = store.read(f"{prefix}/{MANIFEST}")
    if published is not None:
        _require_same(published, contents, place)
        return Publication(contents.version, place, is_new=False)
    for file, sha256 in contents.files.items():
        if not _create(store, f"{prefix}/{file}", folder / file, sha256, show_progress):
            _require_leftover(store, f"{prefix}/{file}", sha256)
    manifest_sha256 = hashlib.sha256(contents.raw).hexdigest()
    is_new = _create(store, f"{prefix}/{MANIFEST}", folder / MANIFEST, manifest_sha256, show_progress)
    if not is_new:  # somebody else was faster
        _require_same(store.read(f"{prefix}/{MANIFEST}"), contents, place)
    return Publication(contents.version, place, is_new)


def _create(store: Store, key: str, source: Path, sha256: str, show_progress: bool) -> bool:
    size = source.stat().st_size
    with transfer_bar(source.name, size, is_shown=show_progress) as bar:
        return store.create(key, source, sha256=sha256, report=bar.update)


def _require_same(published: bytes | None, contents: Contents, place: str) -> None:
    if published != contents.raw:
        raise ModelError(f"{place} is published with other content, and versions never change. Give it a new one")


def _require_leftover(store: Store, key: str, sha256: str) -> None:
    """Raise ModelError unless the file that an earlier, interrupted call left is the one that was to be uploaded."""
    digest = hashlib.sha256()
    with store.open(key, start=0) as download:
        for chunk in download.chunks:
            digest.update(chunk)
    if digest.hexdigest() != sha256:
        raise ModelError(
            f"{store.locate(key)} was left by a publication that did not end, with other content. "
            "Remove it, or give the model a new version"
        )
