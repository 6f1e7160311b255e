"""Every version of a model that this site can reach, where it is, and what is in use."""

from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from diary.model_version import NAME, read_activation
from ml.artifacts import EMOTION_MODEL
from ml.store.listing import Version, list_cache, list_store, read_version
from ml.store.names import CONFIGURED, SHIPPED

CACHED = "cached"
STORED = "store"
ACTIVE = "active"
PREVIOUS = "previous"


@dataclass(frozen=True, slots=True)
class Row:
    """A version, the places where it lies, and what it is to the site: ACTIVE, PREVIOUS or neither.

    `missing` are those uses that it can't serve, because it is not on this machine.
    """

    version: Version
    places: list[str] = field(default_factory=list)
    uses: list[str] = field(default_factory=list)
    missing: list[str] = field(default_factory=list)


def list_models(name: str, store: str) -> list[Row]:
    """All versions of a model, the shipped one first. An empty `store` leaves the store out. Raises ModelError."""
    rows: dict[str, Row] = {}
    for place, version in _find_versions(name, store):
        rows.setdefault(version.version, Row(version)).places.append(place)
    if name == NAME:
        _mark_uses(rows)
    return list(rows.values())


def _find_versions(name: str, store: str) -> list[tuple[str, Version]]:
    shipped = EMOTION_MODEL.parent / name
    found = [(SHIPPED, read_version(shipped))] if shipped.is_dir() else []
    configured = Path(settings.EMOTION_MODEL_DIR)
    if name == NAME and configured != EMOTION_MODEL:
        found.append((CONFIGURED, read_version(configured)))
    found += [(CACHED, version) for version in list_cache(settings.MODEL_CACHE_DIR, name)]
    return found + [(STORED, version) for version in (list_store(store, name) if store else [])]


def _mark_uses(rows: dict[str, Row]) -> None:
    """Say which rows are in use; what is in use and not on this machine gets a row, or a word in its own."""
    activation = read_activation()
    chosen = {ACTIVE: settings.EMOTION_MODEL_VERSION or activation.active, PREVIOUS: activation.previous}
    for use, choice in chosen.items():
        if choice is None:
            continue
        by_place = (row for row in rows.values() if choice in row.places)
        row = next(by_place, None) or rows.setdefault(choice, Row(Version(choice, 0, None)))
        row.uses.append(use)
        if choice not in row.places and CACHED not in row.places:
            row.missing.append(use)
