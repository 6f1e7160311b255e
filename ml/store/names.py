"""What a model, a version and a file of a version may be called: whatever is allowed here is safe in a path."""

import re
from pathlib import Path

from ml.errors import ModelError

_NAME = re.compile(r"[a-z][a-z0-9_-]{0,63}")
_VERSION = re.compile(r"[A-Za-z0-9][A-Za-z0-9._+-]{0,99}")
_FILE = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._+-]{0,127}")

SHIPPED = "shipped"
CONFIGURED = "configured"
# Words that the site understands in the place of a version, and one that names no version at all.
RESERVED = frozenset({SHIPPED, CONFIGURED, "latest"})


def check_name(name: str) -> str:
    """Return the name of a model, such as `emotion`. Raises ModelError when it isn't one."""
    if not _NAME.fullmatch(name):
        raise ModelError(f"{name!r} is no name of a model: use small letters, digits, _ and -, such as emotion")
    return name


def check_version(version: str) -> str:
    """Return a version. Raises ModelError when it could leave its folder or stands for something else."""
    if not _VERSION.fullmatch(version):
        raise ModelError(f"{version!r} is no version: use letters, digits, dot, _, + and -, at most 100")
    if version in RESERVED:
        raise ModelError(f"{version!r} is a word with a meaning of its own; a version is named by what it is")
    return version


def check_file(name: str) -> str:
    """Return the name of a file inside a version. Raises ModelError when it could leave the folder or be hidden."""
    if not _FILE.fullmatch(name):
        raise ModelError(f"the file name {name!r} is not allowed: use letters, digits, dot, _, + and -")
    return name


def version_folder(cache: Path, name: str, version: str) -> Path:
    """Where a version lies in a cache. Raises ModelError when name or version is none."""
    return cache / check_name(name) / check_version(version)
