"""manifest.json: the hash of every file of a model folder and what the predictor has to know about it."""

import hashlib
import json
import platform
import shutil
import subprocess
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ml.errors import ModelError

MANIFEST_NAME = "manifest.json"
FORMAT = 1

Manifest = dict[str, Any]


def write_manifest(folder: Path, fields: Manifest) -> Manifest:
    """Write manifest.json over all other files of the folder and return it."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and path.name != MANIFEST_NAME)
    manifest = {"format": FORMAT, **fields, "files": {name: hash_file(folder / name) for name in names}}
    text = json.dumps(manifest, ensure_ascii=False, indent=2) + "\n"
    (folder / MANIFEST_NAME).write_text(text, encoding="utf-8")
    return manifest


def read_manifest(folder: Path) -> Manifest:
    """Read manifest.json and check every file that it lists.

    Raises ModelError when the manifest or a file is missing or unreadable, a hash differs, or the format is unknown.
    """
    path = folder / MANIFEST_NAME
    try:
        manifest = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. {_advice(folder)}") from error
    except ValueError as error:
        raise ModelError(f"{path}: not a JSON file ({error}). {_advice(folder)}") from error
    if not isinstance(manifest, dict) or manifest.get("format") != FORMAT:
        raise ModelError(f"{path}: not a manifest of format {FORMAT}. {_advice(folder)}")
    files = manifest.get("files")
    if not isinstance(files, dict) or not files:
        raise ModelError(f"{path}: lists no files. {_advice(folder)}")
    for name, expected in files.items():
        if Path(name).name != name:
            raise ModelError(f"{path}: the file name {name!r} leaves the folder. {_advice(folder)}")
        if hash_file(folder / name) != expected:
            raise ModelError(f"{folder / name}: its SHA-256 differs from the manifest's. {_advice(folder)}")
    return manifest


def read_environment() -> Manifest:
    """The git commit (None outside a checkout) and the versions of Python and of the packages that train."""
    git = shutil.which("git")
    commit = None
    if git:
        here = Path(__file__).parent
        result = subprocess.run([git, "rev-parse", "HEAD"], cwd=here, capture_output=True, text=True)  # noqa: S603
        commit = result.stdout.strip() or None
    packages = {name: version(name) for name in ("numpy", "onnx", "onnxruntime", "scikit-learn")}
    return {"git_commit": commit, "python": platform.python_version(), "packages": packages}


def hash_file(path: Path) -> str:
    """SHA-256 of a file in hexadecimal. Raises ModelError when it cannot be read."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror}. {_advice(path.parent)}") from error


def _advice(folder: Path) -> str:
    return (
        f"Restore {folder} from the repository or from where it was published, "
        f"or train it again: python -m ml.emotion.train --output {folder}"
    )
