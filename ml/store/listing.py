"""What is published in a store and what lies in a cache: versions, sizes, and the accuracy they were measured at."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from ml.errors import ModelError
from ml.manifest import MANIFEST
from ml.store.contents import parse_manifest
from ml.store.disk import describe_os_error
from ml.store.location import open_store
from ml.store.names import check_file, check_name, check_version

METRICS = "metrics.json"
# Where the three kinds of models keep it: emotion, reviews, music.
_ACCURACY_PATHS = (("test", "all", "accuracy"), ("test", "accuracy"), ("cross_validation", "accuracy_mean"))


@dataclass(frozen=True, slots=True)
class Version:
    """A version somewhere: its size in bytes, its accuracy where metrics.json tells, what is wrong if anything is.

    `metrics` is all of metrics.json, empty where there is none that can be read.
    """

    version: str
    size: int
    accuracy: float | None
    problem: str = ""
    metrics: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)


def list_store(location: str, name: str) -> list[Version]:
    """The versions of a model that a store offers, sorted; what is half published is left out. Raises ModelError."""
    store = open_store(location)
    sizes = store.list_files(check_name(name))
    versions = []
    for key in sorted(sizes):
        version = key.removeprefix(f"{name}/").removesuffix(f"/{MANIFEST}")
        if key != f"{name}/{version}/{MANIFEST}" or not _is_version(version):
            continue
        place = f"{name}/{version}/{METRICS}"
        metrics = _parse_metrics(store.read(place) if place in sizes else None)
        size = sum(size for file, size in sizes.items() if file.startswith(f"{name}/{version}/"))
        versions.append(Version(version, size, _find_accuracy(metrics), metrics=metrics))
    return versions


def read_stored(location: str, name: str, version: str, file: str) -> bytes | None:
    """A small file of a version in a store, such as its card; None when there is none. Raises ModelError."""
    return open_store(location).read(f"{check_name(name)}/{check_version(version)}/{check_file(file)}")


def list_cache(cache: Path, name: str) -> list[Version]:
    """The versions of a model that were fetched, sorted. Raises ModelError when a folder can't be read."""
    try:
        folders = [folder for folder in sorted((cache / check_name(name)).iterdir()) if _is_version(folder.name)]
    except FileNotFoundError:
        return []
    except OSError as error:
        raise describe_os_error(error, str(cache / name)) from error
    return [read_version(folder) for folder in folders]


def read_version(folder: Path) -> Version:
    """What a model folder says about itself, or why it can't be read; its hashes are not checked."""
    path = folder / MANIFEST
    try:
        contents = parse_manifest(path.read_bytes(), origin=str(path))
        size = sum(file.stat().st_size for file in folder.iterdir())
        figures = folder / METRICS
        metrics = _parse_metrics(figures.read_bytes() if figures.exists() else None)
    except (ModelError, OSError) as error:
        return Version(folder.name, 0, None, problem=str(error))
    return Version(contents.version, size, _find_accuracy(metrics), metrics=metrics)


def _is_version(name: str) -> bool:
    try:
        check_version(name)
    except ModelError:
        return False
    return True


def _parse_metrics(raw: bytes | None) -> dict[str, Any]:
    try:
        metrics = json.loads(raw or b"{}")
    except ValueError:
        return {}
    return metrics if isinstance(metrics, dict) else {}


def _find_accuracy(metrics: Mapping[str, Any]) -> float | None:
    return next((found for path in _ACCURACY_PATHS if (found := _look_up(metrics, path)) is not None), None)


def _look_up(metrics: Any, path: tuple[str, ...]) -> float | None:
    for key in path:
        metrics = metrics.get(key) if isinstance(metrics, Mapping) else None
    return float(metrics) if isinstance(metrics, int | float) else None
