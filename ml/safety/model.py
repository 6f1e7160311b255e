"""The crisis model as it is served: hashed character n-grams of a text's windows, in numpy."""

import zipfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Self

import numpy as np
import numpy.typing as npt

from ml.emotion.features import FeatureSettings, hash_batch
from ml.errors import ModelError
from ml.manifest import read_manifest
from ml.safety.pieces import IntArray, split_pieces, window_bounds

MODEL_FILE = "model.npz"
TRAINER = "ml.safety.train"
FEATURES = FeatureSettings(bits=18, char_max=5, jamo_max=0)
_NUMBERS = ("scale", "bias", "threshold")
_CHUNK = 256  # pieces hashed at a time: small enough for the processor's cache

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CrisisModel:
    """A quantised tf-idf logistic regression over windows.

    weights: int8 (buckets,), to be multiplied by `scale`; idf: uint8 (buckets,), zero for a bucket that training did
    not see often enough. A window scores its pieces' summed products over the root of their summed squares, plus
    `bias`, in log-odds. Above `threshold` it is marked.
    """

    weights: npt.NDArray[np.int8]
    idf: npt.NDArray[np.uint8]
    scale: float
    bias: float
    threshold: float
    features: FeatureSettings = FEATURES

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Read a folder that `ml.safety.train` wrote. Raises ModelError when it is missing, damaged or another's."""
        manifest = read_manifest(folder, trainer=TRAINER)
        path = folder / MODEL_FILE
        try:
            features = FeatureSettings(**manifest["features"])
            with np.load(path, allow_pickle=False) as arrays:
                weights, idf = arrays["weights"], arrays["idf"]
                numbers = {name: float(arrays[name]) for name in _NUMBERS}
        except (OSError, KeyError, TypeError, ValueError, zipfile.BadZipFile) as error:
            raise ModelError(f"{path}: not a crisis model ({error}). Train it: python -m {TRAINER}") from None
        shape = (1 << features.bits,)
        if weights.shape != shape or idf.shape != shape or weights.dtype != np.int8 or idf.dtype != np.uint8:
            raise ModelError(f"{path}: weights and idf do not fit {shape[0]} buckets. Train it: python -m {TRAINER}")
        return cls(weights, idf, features=features, **numbers)

    def save(self, folder: Path) -> dict[str, Any]:
        """Write the arrays, equal bytes for an equal model; return what the manifest has to hold for `load`."""
        arrays = {"weights": self.weights, "idf": self.idf}
        arrays |= {name: np.array(getattr(self, name), dtype=np.float64) for name in _NUMBERS}
        np.savez_compressed(folder / MODEL_FILE, allow_pickle=False, **arrays)
        return {"features": asdict(self.features)}

    def sum_pieces(self, pieces: Sequence[str]) -> tuple[FloatArray, FloatArray]:
        """For each piece the sum of weighted features and the sum of their squares, (pieces,) each."""
        sums, squares = np.zeros(len(pieces)), np.zeros(len(pieces))
        for start in range(0, len(pieces), _CHUNK):
            chunk = pieces[start : start + _CHUNK]
            batch = hash_batch(chunk, self.features)
            values = (1 + np.log(batch.counts)) * self.idf[batch.buckets]
            here = slice(start, start + len(chunk))
            sums[here] = np.bincount(batch.rows, values * self.weights[batch.buckets], minlength=len(chunk))
            squares[here] = np.bincount(batch.rows, values**2, minlength=len(chunk))
        return sums, squares

    def score_windows(self, sums: FloatArray, squares: FloatArray, firsts: IntArray, lasts: IntArray) -> FloatArray:
        """Log-odds of the windows of one or two pieces, (windows,)."""
        is_pair = firsts < lasts
        together = sums[firsts] + np.where(is_pair, sums[lasts], 0)
        length = np.sqrt(squares[firsts] + np.where(is_pair, squares[lasts], 0))
        return np.asarray(self.scale * together / np.maximum(length, 1e-6) + self.bias)

    def marks(self, text: str) -> bool:
        """Whether any window of the text scores above the threshold. Takes any string."""
        return self.mark([text])[0]

    def mark(self, texts: Sequence[str]) -> list[bool]:
        """Of each text, whether any of its windows scores above the threshold. Takes any strings."""
        pieces = [split_pieces(text) for text in texts]
        text_of = np.repeat(np.arange(len(texts)), [len(own) for own in pieces])
        firsts, lasts = window_bounds(len(text_of))
        within = text_of[firsts] == text_of[lasts]  # no window reaches from one text into the next
        firsts, lasts = firsts[within], lasts[within]
        sums, squares = self.sum_pieces([piece for own in pieces for piece in own])
        is_above = self.score_windows(sums, squares, firsts, lasts) > self.threshold
        marks = np.zeros(len(texts), bool)
        marks[text_of[firsts[is_above]]] = True
        return [bool(mark) for mark in marks]
