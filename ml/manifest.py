"""manifest.json of a model folder: the SHA-256 of its files, and what is to be known of them."""

import hashlib
import json
import platform
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ml.errors import DamagedError, ModelError
from ml.files import hash_file, write_json

MANIFEST = "manifest.json"
FORMAT = 1


def write_manifest(folder: Path, *, files: Sequence[str], facts: Mapping[str, Any]) -> None:
    """Write `manifest.json`: the SHA-256 of each named file of `folder`, and the facts given."""
    hashes = {name: hash_file(folder / name) for name in files}
    write_json(folder / MANIFEST, {**facts, "format": FORMAT, "files": hashes})


def hash_files(folder: Path, files: Sequence[str]) -> str:
    """SHA-256 of one file; of several, over their hashes in the order given."""
    hashes = [hash_file(folder / name) for name in files]
    return hashes[0] if len(hashes) == 1 else hashlib.sha256("".join(hashes).encode()).hexdigest()


def read_manifest(folder: Path, *, trainer: str) -> dict[str, Any]:
    """Read `manifest.json` and check every file that it lists. `trainer` is the module that makes such a folder.

    Raises ModelError, saying what to do, when the manifest or a file is missing or unreadable, a file is not the one
    that was written, or the format is unknown.
    """
    try:
        return _read_checked(folder)
    except ModelError as error:
        advice = f"Restore {folder} from where it was published, or train the model: python -m {trainer}"
        raise type(error)(f"{error}. {advice} --output {folder}") from None


def read_environment(packages: Sequence[str]) -> dict[str, Any]:
    """The git commit (None outside a checkout) and the versions of Python and of the packages named."""
    from importlib.metadata import (
        version,  # here, because it brings the e-mail package, which no server of models needs
    )

    git = shutil.which("git")
    commit = None
    if git:
        here = Path(__file__).parent
        result = subprocess.run([git, "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True)  # noqa: S603
        commit = result.stdout.strip() or None
    return {
        "git_commit": commit,
        "python": platform.python_version(),
        "packages": {name: version(name) for name in packages},
    }


def _read_checked(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError) as error:
        raise ModelError(f"{path}: not a JSON file ({error})") from None
    # The first manifests of films and tracks name no format; theirs is the first.
    if not isinstance(manifest, dict) or manifest.get("format", FORMAT) != FORMAT:
        raise ModelError(f"{path}: not a manifest of format {FORMAT}")
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        raise ModelError(f"{path}: lists no files")
    for name, expected in files.items():
        _check_file(folder, name, expected)
    return manifest


def _check_file(folder: Path, name: str, expected: str) -> None:
    if Path(name).name != name:
        raise ModelError(f"{folder / MANIFEST}: the file name {name!r} leaves the folder")
    try:
        if (folder / name).exists() and not (folder / name).is_file():  # a device or a pipe may have no end
            raise ModelError(f"{folder / name}: is no file")
        found = hash_file(folder / name)
    except OSError as error:
        raise ModelError(f"{folder / name}: {error.strerror}") from None
    except ValueError:  # a NUL, or half a character
        raise ModelError(f"{folder / MANIFEST}: no file is called {name!r}") from None
    if found != expected:
        raise DamagedError(f"{folder / name}: its SHA-256 differs from the manifest's; it is damaged or was edited")
