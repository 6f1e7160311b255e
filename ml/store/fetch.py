"""A version in a store → a folder of the cache, whole and checked, or not at all."""

import logging
import os
import shutil
import time
from pathlib import Path
from typing import BinaryIO

from ml.errors import DamagedError, DiskFullError, ModelError, StoreError
from ml.files import hash_file
from ml.manifest import MANIFEST
from ml.store.base import Download, Store, TransferInterrupted
from ml.store.contents import Contents, parse_manifest, read_folder
from ml.store.disk import describe_os_error, locked, sync_folder, write_synced
from ml.store.location import open_store
from ml.store.names import version_folder
from ml.store.progress import transfer_bar

logger = logging.getLogger(__name__)

# So many tries in a row may bring nothing before a file is given up; the pauses double: 1, 2, 4 and 8 seconds.
MAX_FRUITLESS_TRIES = 5
RETRY_PAUSE_S = 0.5


def fetch(name: str, version: str, source: str, *, cache: Path, show_progress: bool = True) -> Path:
    """Bring a version from the store `source` into the cache; return its folder, `<cache>/<name>/<version>`.

    What is in the cache is checked and, if damaged, fetched anew. An interrupted call leaves a partial folder that the
    next one continues; the version appears under its name when all of it is there and checked. Processes that fetch
    the same model at once wait for each other.
    Raises ModelError when the version or the store is missing, not allowed or not reachable, a hash is wrong, or the
    disk is full.
    """
    target = version_folder(cache, name, version)
    partial = target.with_name(f".partial-{version}")
    try:
        with locked(target.parent):
            if _is_intact(target, name):
                return target
            store = open_store(source)
            contents = _read_contents(store, name, version)
            partial.mkdir(exist_ok=True)
            for file, sha256 in contents.files.items():
                _fetch_file(store, f"{name}/{version}/{file}", partial / file, sha256, show_progress)
            write_synced(partial / MANIFEST, contents.raw)
            _swap_in(partial, target)
    except OSError as error:
        raise describe_os_error(error, str(error.filename or target)) from error
    return target


def _is_intact(target: Path, name: str) -> bool:
    if not target.exists():
        return False
    try:
        contents = read_folder(target, name=name)
    except ModelError as error:
        logger.warning("fetching anew what is damaged in the cache: %s", error)
        return False
    return contents.version == target.name


def _read_contents(store: Store, name: str, version: str) -> Contents:
    key = f"{name}/{version}/{MANIFEST}"
    raw = store.read(key)
    if raw is None:
        raise ModelError(f"{store.locate(f'{name}/{version}')} is not published")
    contents = parse_manifest(raw, origin=store.locate(key))
    if contents.version != version:
        raise ModelError(f"{store.locate(key)} says that it is version {contents.version!r}")
    return contents


def _fetch_file(store: Store, key: str, path: Path, sha256: str, show_progress: bool) -> None:
    """Bring one file; a part that is here already is continued, and thrown away if the whole then has a wrong hash."""
    was_begun = path.exists()
    if was_begun and hash_file(path) == sha256:
        return
    _download(store, key, path, show_progress)
    if hash_file(path) == sha256:
        return
    path.unlink()
    if was_begun:
        _fetch_file(store, key, path, sha256, show_progress)
        return
    raise DamagedError(
        f"{store.locate(key)}: its SHA-256 differs from the manifest's; what was fetched is thrown away"
    )


def _download(store: Store, key: str, path: Path, show_progress: bool) -> None:
    """Append to the file until it is whole; a connection that breaks is taken up again where it broke."""
    fruitless = 0
    with path.open("ab") as file:
        while True:
            before = file.tell()
            try:
                with store.open(key, start=before) as download:
                    _append(download, file, path, show_progress)
                return
            except TransferInterrupted as error:
                fruitless = 0 if file.tell() > before else fruitless + 1
                if fruitless == MAX_FRUITLESS_TRIES:
                    raise StoreError(f"{error}. Fetch again later: it goes on from here") from error
                logger.warning("%s; trying again", error)
                time.sleep(RETRY_PAUSE_S * 2**fruitless)


def _append(download: Download, file: BinaryIO, path: Path, show_progress: bool) -> None:
    file.truncate(download.start)  # a store that could not start in the middle sends everything
    file.seek(download.start)
    missing = download.size - download.start
    free = shutil.disk_usage(path.parent).free
    if free < missing:
        raise DiskFullError(f"{path}: the disk is full: {missing:,} bytes are to come, {free:,} are free. Make room")
    with transfer_bar(path.name, download.size, start=download.start, is_shown=show_progress) as bar:
        try:
            for chunk in download.chunks:
                file.write(chunk)
                bar.update(len(chunk))
            file.flush()
            os.fsync(file.fileno())
        except OSError:
            path.unlink()  # the diaries share this disk: a model that does not fit must not keep it full
            raise


def _swap_in(partial: Path, target: Path) -> None:
    """Give a finished folder its name; a damaged one that has the name is set aside first, then removed."""
    sync_folder(partial)
    damaged = target.with_name(f".damaged-{target.name}")
    if damaged.exists():
        shutil.rmtree(damaged)
    if target.exists():
        target.rename(damaged)
    partial.rename(target)
    sync_folder(target.parent)
    if damaged.exists():
        shutil.rmtree(damaged)
