"""What tuned encoders made of many texts, kept in a file, and a hybrid model that reads it in its encoder's place."""

import hashlib
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any
from zipfile import BadZipFile

import numpy as np

from ml.emotion.calibrate import Temperatures
from ml.emotion.folder import HYBRID
from ml.emotion.hybrid.excerpts import excerpt
from ml.emotion.hybrid.served import ServedHybrid
from ml.emotion.predict import Predictor, Scorer
from ml.emotion.units import FloatArray
from ml.errors import DataError, ModelError
from ml.labels import Emotion


@dataclass(frozen=True, slots=True)
class Readings:
    """Log-probabilities (texts, 6) of excerpts, by the excerpt, and what names their readers."""

    rows: dict[str, int]
    values: FloatArray
    readers: str

    def log_probabilities(self, texts: Sequence[str]) -> FloatArray:
        """Log-probabilities (texts, 6). Raises DataError for a text that was not read."""
        try:
            return self.values[[self.rows[text] for text in texts]]
        except KeyError as error:
            raise DataError(f"the readings hold no {error.args[0]!r}: read the same texts") from None


def write_readings(path: Path, excerpts: Sequence[str], values: FloatArray, readers: str) -> None:
    """Write what `load_readings` reads; float16 is finer than any of the readings is sure.

    `readers`: what names the encoders, the same for whatever they read.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:  # numpy would add .npz to another name
        np.savez_compressed(file, values=values.astype(np.float16), texts=hash_texts(excerpts), readers=readers)


def load_readings(path: Path, excerpts: Sequence[str]) -> Readings:
    """Read what encoders made of these excerpts. Raises DataError for a missing or damaged file, or other texts."""
    try:
        with np.load(path, allow_pickle=False) as file:
            values, texts, readers = file["values"].astype(np.float64), str(file["texts"]), str(file["readers"])
    except OSError as error:
        raise DataError(f"{path}: {error.strerror or 'not a file of readings'}") from None
    except (ValueError, KeyError, EOFError, TypeError, BadZipFile, zlib.error) as error:
        raise DataError(f"{path}: not a file of readings ({error})") from None
    if texts != hash_texts(excerpts) or values.shape != (len(excerpts), len(Emotion)):
        raise DataError(f"{path}: holds readings of other texts. Read these with ml.emotion.hybrid.read.")
    return Readings({text: row for row, text in enumerate(excerpts)}, values, readers)


def load_with_readings(folder: Path, path: Path, texts: Sequence[str]) -> Predictor:
    """The hybrid model of a folder, its encoder's place taken by what was read of the normalised texts.

    Its version names both. Raises ModelError like Predictor.load, and for a model without an encoder; DataError like
    `load_readings`.
    """

    def load_scorer(folder: Path, manifest: dict[str, Any]) -> Scorer:
        if manifest["architecture"] != HYBRID:
            raise ModelError(f"{folder}: --readings are for a hybrid model, which has an encoder")
        served = ServedHybrid.load(folder)
        readings = load_readings(path, [excerpt(text, served.readers.excerpt) for text in texts])
        manifest["model_version"] += f"+{readings.readers}"
        model = replace(served, readers=replace(served.readers, encoder=readings))
        temperatures = Temperatures(**manifest["temperatures"])
        return lambda units: temperatures.calibrate(*model.score(units))

    return Predictor.make(folder, load_scorer)


def hash_texts(texts: Sequence[str]) -> str:
    """SHA-256 over the texts in order; none of them has a line end."""
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()
