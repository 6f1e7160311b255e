"""Folders of emotion models: the shipped one under another version, whole or damaged."""

import json
import shutil
from pathlib import Path

from ml.artifacts import EMOTION_MODEL
from ml.manifest import MANIFEST, write_manifest

NEW = "linear-new"
SHIPPED_VERSION = json.loads((EMOTION_MODEL / MANIFEST).read_text(encoding="utf-8"))["model_version"]


def make_version(folder: Path, version: str) -> Path:
    """The shipped model under another version."""
    shutil.copytree(EMOTION_MODEL, folder)
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    facts = {key: value for key, value in manifest.items() if key not in {"files", "format"}}
    write_manifest(folder, files=list(manifest["files"]), facts=facts | {"model_version": version})
    return folder


def damage_weights(folder: Path) -> None:
    (folder / "model.onnx").write_bytes(b"rotten")


def replace_weights(folder: Path) -> None:
    """No model, under a manifest that says so: every hash is right."""
    (folder / "model.onnx").write_bytes(b"not a graph")
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    write_manifest(folder, files=list(manifest["files"]), facts=manifest)


def change_version(folder: Path) -> None:
    manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    write_manifest(folder, files=list(manifest["files"]), facts=manifest | {"model_version": "other"})


def remove_manifest(folder: Path) -> None:
    (folder / MANIFEST).unlink()
