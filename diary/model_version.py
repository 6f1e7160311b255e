"""Which version of the emotion model reads entries: how it is looked up, changed and changed back.

The first that is set decides: EMOTION_MODEL_VERSION, what `manage.py model activate` wrote, EMOTION_MODEL_DIR, the
shipped model. Nothing means "the latest": a site changes its model when its operator says so.
"""

import functools
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from django.conf import settings

from ml.artifacts import EMOTION_MODEL
from ml.errors import ModelError
from ml.store.disk import describe_os_error, locked, replace_file
from ml.store.names import CONFIGURED, RESERVED, SHIPPED, version_folder

NAME = "emotion"
RECORD = "active.json"  # beside the folders of the models
TRIAL_TEXT = "비가 그쳤다. 오래 걷고 나니 마음이 조금 가벼워졌다."
TRIAL_TIMEOUT_S = 120


class PinnedError(ModelError):
    """EMOTION_MODEL_VERSION stands above what is chosen here."""


class NotFetchedError(ModelError):
    """A version is not on this machine."""


class NothingBeforeError(ModelError):
    """No other version was in use on this machine."""


class TrialError(ModelError):
    """A model does not load, or can't read a sentence."""


@dataclass(frozen=True, slots=True)
class Activation:
    """The version in use and the one before it: each a version, `shipped`, or `configured` (EMOTION_MODEL_DIR)."""

    active: str
    previous: str | None = None


def active_model_folder() -> Path:
    """The folder of the model in use at this moment; it may be missing. So fast that every analysis may ask.

    Raises ModelError when the record of what was activated can't be read.
    """
    return model_folder(settings.EMOTION_MODEL_VERSION or read_activation().active)


def model_folder(version: str) -> Path:
    """The folder of a version, `shipped` or `configured`; it may be missing. Raises ModelError for what is none."""
    if version == SHIPPED:
        return EMOTION_MODEL
    if version == CONFIGURED:
        return Path(settings.EMOTION_MODEL_DIR)
    return _cached_folder(settings.MODEL_CACHE_DIR, version)


def read_activation() -> Activation:
    """What was activated last; before the first time, what the settings say. Raises ModelError when it is damaged."""
    path = f"{settings.MODEL_CACHE_DIR}/{RECORD}"
    try:
        status = os.stat(path)  # noqa: PTH116 - paths as strings: this runs with every analysis
        return _read_record(path, (status.st_mtime_ns, status.st_ino, status.st_size))
    except FileNotFoundError:
        return Activation(SHIPPED if settings.EMOTION_MODEL_DIR == EMOTION_MODEL else CONFIGURED)
    except OSError as error:
        raise describe_os_error(error, path) from error


def activate(version: str) -> Activation:
    """Have new entries read by a version of the cache, or by `shipped` or `configured`, after trying it.

    Running web processes and workers of this machine change over with their next entry.
    Raises ModelError, and changes nothing, when the version is not there, does not load, or cannot read a sentence, or
    when EMOTION_MODEL_VERSION stands above it.
    """
    _require_unpinned()
    record = settings.MODEL_CACHE_DIR / RECORD
    folder = model_folder(version)
    if not folder.is_dir():
        raise NotFetchedError(f"{folder} is not there. Fetch it: manage.py model fetch {version}")
    try:
        try_model(folder.resolve(), version)
        with locked(settings.MODEL_CACHE_DIR):
            before = read_activation()
            if before.active == version:
                return before
            after = Activation(version, previous=before.active)
            replace_file(record, (json.dumps(asdict(after)) + "\n").encode())
            return after
    except OSError as error:
        raise describe_os_error(error, str(error.filename or record)) from error


def rollback() -> Activation:
    """Go back to the version before the one in use; called again, forth. Raises ModelError as `activate` does."""
    _require_unpinned()
    previous = read_activation().previous
    if previous is None:
        raise NothingBeforeError("there is nothing to go back to: no other version was in use on this machine before")
    return activate(previous)


def try_model(folder: Path, version: str) -> None:
    """Load a model and read a sentence with it, in a process of its own: a broken one may bring down its runtime.

    Raises ModelError when that fails, or the folder holds another version than it is called.
    """
    with tempfile.TemporaryDirectory() as scratch:
        source, target = Path(scratch, "source.jsonl"), Path(scratch, "target.jsonl")
        source.write_text(json.dumps({"text": TRIAL_TEXT}) + "\n", encoding="utf-8")
        options = ["--model", str(folder), "--input", str(source), "--output", str(target)]
        try:
            trial = subprocess.run(  # noqa: S603 - this Python, and our own module
                [sys.executable, "-m", "ml.emotion.predict", *options],
                cwd=settings.BASE_DIR,
                capture_output=True,
                text=True,
                timeout=TRIAL_TIMEOUT_S,
            )
        except subprocess.TimeoutExpired:
            raise TrialError(f"{folder}: no answer to a sentence in {TRIAL_TIMEOUT_S} seconds") from None
        if trial.returncode:
            reason = (trial.stderr.strip().splitlines() or [f"ended with {trial.returncode}"])[-1]
            raise TrialError(f"{folder} was tried and failed: {reason.removeprefix('error: ')}")
        found = json.loads(target.read_text(encoding="utf-8"))["model_version"]
    if version not in RESERVED and found != version:
        raise TrialError(f"{folder} holds version {found}")


@functools.lru_cache(maxsize=8)
def _cached_folder(cache: Path, version: str) -> Path:
    return version_folder(cache, NAME, version)


@functools.lru_cache(maxsize=1)
def _read_record(path: str, mark: tuple[int, int, int]) -> Activation:
    """Read the record. `mark` changes with the file, which is never written in place; it is there to be cached by."""
    try:
        content = json.loads(Path(path).read_bytes())
        activation = Activation(content["active"], content["previous"])
    except (ValueError, TypeError, KeyError) as error:
        raise ModelError(f"{path} is damaged ({error!r}). Remove it, then activate a version again") from error
    if not isinstance(activation.active, str) or not isinstance(activation.previous, str | None):
        raise ModelError(f"{path} is damaged. Remove it, then activate a version again")
    return activation


def _require_unpinned() -> None:
    if settings.EMOTION_MODEL_VERSION:
        raise PinnedError(
            f"EMOTION_MODEL_VERSION={settings.EMOTION_MODEL_VERSION} decides here. Change it and restart the site, "
            "or remove it to switch without a restart"
        )
