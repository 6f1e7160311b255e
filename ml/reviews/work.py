"""The work folder: scores of finished chunks, so that a run that was stopped goes on where it was."""

import os
import zipfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ml.errors import DataError
from ml.reviews.scoring import ScoredReviews


@dataclass(frozen=True, slots=True)
class WorkFolder:
    """One file `KEY.npz` a chunk. The folder may be deleted at any time: the next run scores again."""

    folder: Path

    def read(self, key: str) -> ScoredReviews | None:
        """The scores kept under a key, or None when there are none or their file is damaged."""
        try:
            with np.load(self._path(key), allow_pickle=False) as arrays:
                return ScoredReviews(**arrays)
        except (OSError, ValueError, EOFError, KeyError, TypeError, zipfile.BadZipFile):
            return None

    def write(self, key: str, scores: ScoredReviews) -> None:
        """Keep scores; after a crash the file is whole or not there. Raises DataError when it cannot be written."""
        path = self._path(key)
        unfinished = path.with_suffix(f".{os.getpid()}.tmp")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            with unfinished.open("wb") as file:
                np.savez(file, allow_pickle=False, **scores.arrays())
                file.flush()
                os.fsync(file.fileno())
            unfinished.replace(path)
        except OSError as error:
            raise DataError(f"{path}: {error.strerror}. Give another folder as --work") from None
        finally:
            with suppress(OSError):
                unfinished.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / f"{key}.npz"
