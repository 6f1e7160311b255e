"""What a manifest says about its version: the version's name, and the SHA-256 of every file."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from ml.errors import ModelError
from ml.manifest import FORMAT, MANIFEST, read_manifest
from ml.store.names import check_file, check_name, check_version

_SHA256 = re.compile(r"[0-9a-f]{64}")
# The emotion model writes the first, films and tracks the second.
_VERSION_KEYS = ("model_version", "version")


@dataclass(frozen=True, slots=True)
class Contents:
    """A checked manifest: `files` maps each name to its SHA-256, `raw` is manifest.json byte for byte."""

    version: str
    files: Mapping[str, str]
    raw: bytes


def parse_manifest(raw: bytes, *, origin: str) -> Contents:
    """Check the bytes of a manifest that may come from anywhere; `origin` is named in errors.

    Raises ModelError when it is no manifest, names no version, or a name in it is unsafe.
    """
    try:
        manifest = json.loads(raw)
    except ValueError as error:
        raise ModelError(f"{origin}: not a JSON file ({error})") from None
    if not isinstance(manifest, dict) or manifest.get("format", FORMAT) != FORMAT:
        raise ModelError(f"{origin}: not a manifest of format {FORMAT}")
    version = next((manifest[key] for key in _VERSION_KEYS if isinstance(manifest.get(key), str)), None)
    if version is None:
        raise ModelError(f"{origin}: names no version")
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        raise ModelError(f"{origin}: lists no files")
    try:
        check_version(version)
        for name, sha256 in files.items():
            _check_entry(name, sha256)
    except ModelError as error:
        raise ModelError(f"{origin}: {error}") from None
    return Contents(version, files, raw)


def read_folder(folder: Path, *, name: str) -> Contents:
    """Read the manifest of a local folder and check the SHA-256 of every file. Raises ModelError with advice."""
    read_manifest(folder, trainer=f"ml.{check_name(name)}.train")
    path = folder / MANIFEST
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    return parse_manifest(raw, origin=str(path))


def _check_entry(name: str, sha256: object) -> None:
    if check_file(name) == MANIFEST:
        raise ModelError(f"lists {MANIFEST} itself")
    if not isinstance(sha256, str) or not _SHA256.fullmatch(sha256):
        raise ModelError(f"{name}: {sha256!r} is not a SHA-256")
